import type { HttpRoute } from '#lib/engine/model/message.js';
import { Default, Flag, Nullable, OneOf, Parts, Text, Texts, Whole } from '#lib/engine/model/shape.js';
import { operationRoles } from '#lib/domain/roles.js';
import { switchings, type Switching } from '#lib/engine/rebuilding/rebuild.js';
import { Operation, RebuildDifference } from './operation-messages.js';

export class RebuildViews {
  static readonly type = 'RebuildViews';
  static readonly http: HttpRoute = {
    route: 'POST /projections/rebuild',
    by: operationRoles,
    status: 202,
    summary: 'Build views anew beside those that are read, compare them at one position, and switch to them (R93).',
  };
  static readonly answers = Operation;
  @Default(null)
  @Nullable()
  @Texts({ maxItems: 100, description: 'Names of views; null: all of them.' })
  views!: string[] | null;
  @Default('whenEqual')
  @OneOf(switchings)
  switching!: Switching;
}

export class VerifyView {
  static readonly type = 'VerifyView';
  static readonly http: HttpRoute = {
    route: 'POST /projections/{view}/verify',
    by: operationRoles,
    status: 202,
    summary: 'Fold the whole log again, and compare what comes of it with the view as it is read (R89).',
  };
  static readonly answers = Operation;
  @Text() view!: string;
}

/** What came of some documents of a view that were folded again. */
export class SampledView {
  static readonly type = 'SampledView';
  @Text() view!: string;
  @Nullable() @Text({ description: 'Null: none of its documents was looked at.' }) position!: string | null;
  @Whole() compared!: number;
  @Whole() tooWide!: number;
  @Flag({ description: 'None of its documents can be folded by itself: verify the whole view.' })
  onlyWhole!: boolean;
}

export class SampledViews {
  static readonly type = 'SampledViews';
  @Parts(() => SampledView) views!: SampledView[];
  @Parts(() => RebuildDifference) differences!: RebuildDifference[];
}

export class SampleViews {
  static readonly type = 'SampleViews';
  static readonly http: HttpRoute = {
    route: 'POST /projections/sample',
    by: operationRoles,
    summary:
      'Fold some documents of views again, left to chance, each from the streams that it comes from, and compare (R89).',
  };
  static readonly answers = SampledViews;
  @Default(null)
  @Nullable()
  @Texts({ maxItems: 100, description: 'Names of views; null: all of them.' })
  views!: string[] | null;
  @Default(100)
  @Whole({ from: 1, to: 1_000 })
  documents!: number;
}

/** A message for each thing that can be asked of a rebuild that allows it. */
function asking(type: string, path: string, summary: string) {
  class Asked {
    static readonly type = type;
    static readonly http: HttpRoute = {
      route: `POST /operations/{id}/${path}`,
      by: operationRoles,
      status: 202,
      summary,
    };
    static readonly answers = Operation;
    @Text() id!: string;
  }
  return Asked;
}

/** Cancel is asked of every operation. */
export const rebuildActs = {
  pause: asking('PauseOperation', 'pause', 'A rebuild rests where it is; what is read goes on.'),
  resume: asking('ResumeOperation', 'resume', 'A rebuild that was paused goes on.'),
  switch: asking('SwitchOperation', 'switch', 'Reads move to what was built anew, also where it differs from before.'),
  finish: asking('FinishOperation', 'finish', 'The way back is closed: the builds that were read before go now.'),
  rollBack: asking('RollBackOperation', 'roll-back', 'Reads move back to what was read before the switch.'),
} as const;
