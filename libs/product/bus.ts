import { Inject, Injectable, type Type } from '@nestjs/common';
import { CommandBus, CommandHandler, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { CommandEngine } from '#lib/engine/commands/command-engine.js';
import { callOf, withCall, type Call, type CommandOutcome } from '#lib/engine/commands/call.js';
import type { Decider } from '#lib/engine/model/aggregate.js';
import type { MessageClass } from '#lib/engine/model/message.js';
import type { View } from '#lib/engine/model/query.js';
import type { Ask, QueryOutcome } from '#lib/engine/queries/ask.js';
import { QueryEngine } from '#lib/engine/queries/query-engine.js';

/**
 * Commands and queries travel over the buses of @nestjs/cqrs: one singleton handler for each message, made from the
 * registries, all handing over to the engine. Only dispatch is used of that package: its event bus, sagas and aggregate
 * roots are not on any durable path (infra/decisions/0003).
 */
export function busHandlers(deciders: readonly Decider[], views: readonly View[]): Type[] {
  const commands = deciders.flatMap(({ handles }) => handles.map(({ command }) => command));
  const queries = views.flatMap((view) => view.queries.map(({ query }) => query));
  return [...commands.map(commandHandler), ...queries.map(queryHandler)];
}

function commandHandler(command: MessageClass): Type {
  @CommandHandler(command)
  @Injectable()
  class Handler {
    constructor(@Inject(CommandEngine) private readonly engine: CommandEngine<unknown>) {}
    execute(message: object): Promise<CommandOutcome> {
      return this.engine.execute(message, callOf<Call>(message));
    }
  }
  return Handler;
}

function queryHandler(query: MessageClass): Type {
  @QueryHandler(query)
  @Injectable()
  class Handler {
    constructor(@Inject(QueryEngine) private readonly engine: QueryEngine<unknown>) {}
    execute(message: object): Promise<QueryOutcome> {
      return this.engine.ask(message, callOf<Ask>(message));
    }
  }
  return Handler;
}

export function executeOn(bus: CommandBus): (command: object, call: Call) => Promise<CommandOutcome> {
  return (command, call) => bus.execute(withCall(command, call));
}

export function askOn(bus: QueryBus): (query: object, ask: Ask) => Promise<QueryOutcome> {
  return (query, ask) => bus.execute(withCall(query, ask));
}
