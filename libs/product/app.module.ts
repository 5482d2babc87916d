import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CommandEngine } from '#lib/engine/commands/command-engine.js';
import { QueryEngine } from '#lib/engine/queries/query-engine.js';
import { deciders } from '#lib/domain/deciders.js';
import { views } from '#lib/views/views.js';
import { busHandlers } from './bus.js';

/** The application as Nest sees it: the buses, a handler for each message, and the two engines behind them. */
@Module({ imports: [CqrsModule.forRoot()] })
export class AppModule {
  static with(commands: CommandEngine<unknown>, queries: QueryEngine<unknown>): DynamicModule {
    return {
      module: AppModule,
      providers: [
        { provide: CommandEngine, useValue: commands },
        { provide: QueryEngine, useValue: queries },
        ...busHandlers(deciders, views),
      ],
    };
  }
}
