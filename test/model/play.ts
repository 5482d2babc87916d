import { isDeepStrictEqual } from 'node:util';
import { views } from '#lib/views/views.js';
import { fold } from '../support/fold.js';
import { noon } from '../support/given.js';
import { settings } from '../support/settings.js';
import { nextAct, type Act } from './acts.js';
import { Chance } from '#lib/histories/chance.js';
import { watching } from './invariants.js';
import { secretOf } from './invitation.js';
import { emptyModel, type Model, type ModelSettings, type Verdict } from './model.js';
import { predict, rules } from './rules.js';
import { seeAgain, seenOfModel, type Seen } from './seen.js';
import { pass } from './time.js';
import { World } from './world.js';

/** What one sequence came to, for the figures. */
export interface Played {
  readonly world: World;
  /** Changes of statuses, by category. */
  readonly moves: ReadonlySet<string>;
  readonly verdicts: readonly (readonly [command: string, verdict: Verdict])[];
}

const projections = views.flatMap(({ projection }) => projection ?? []);

/** The deciders in a world at noon, with the installation that the model assumes. */
export function worldAtNoon({ autoCertify, graceDays }: ModelSettings, watch?: ReturnType<typeof watching>): World {
  return new World(
    noon,
    { ...settings, autoCertify, graceDays, invitationSecret: secretOf, signingSecret: secretOf },
    watch,
  );
}

/**
 * Plays a sequence, an act for each number, in the model and with the deciders. Throws where they disagree, telling all
 * that was done until then.
 */
export function play(numbers: readonly number[], settings: ModelSettings): Played {
  const moves = new Set<string>();
  const world = worldAtNoon(
    settings,
    watching((category, move) => moves.add(`${category}: ${move}`)),
  );
  const model = emptyModel(noon, settings);
  const seen: Seen = new Map();
  const told: Act[] = [];
  const verdicts: [string, Verdict][] = [];
  try {
    for (const [at, number] of numbers.entries()) {
      const act = nextAct(model, new Chance(number), `id-${at}`);
      told.push(act);
      const verdict = carryOut(act, model, world);
      if (act.kind === 'command') verdicts.push([act.command.type, verdict]);
      seeAgain(world, seen);
      expectSame(seenOfModel(model), seen);
    }
    expectRefolded(world);
    for (const projection of projections) fold(projection, world.log, (doc) => doc);
  } catch (error) {
    throw new Error([String(error), ...told.map(tell)].join('\n'), { cause: error });
  }
  return { world, moves, verdicts };
}

function carryOut(act: Act, model: Model, world: World): Verdict {
  if (act.kind === 'time') {
    pass(model, act.ms, act.prompt);
    world.pass(act.ms, act.prompt);
    return 'done';
  }
  const { command, input, asked } = act;
  const rule = rules.get(command.type);
  const expected = rule ? predict(model, rule, input, asked) : 'nothing';
  const verdict = world.send(command, input, asked);
  if (verdict !== expected) throw new Error(`The model says ${expected}, the deciders say ${verdict}.`);
  return verdict;
}

function expectSame(expected: Seen, seen: Seen): void {
  for (const [name, text] of expected) {
    if (seen.get(name) !== text)
      throw new Error(`${name}: the model has ${text}, the deciders have ${seen.get(name)}.`);
  }
  if (seen.size > expected.size) {
    throw new Error(`Only the deciders have ${[...seen.keys()].filter((name) => !expected.has(name)).join(', ')}.`);
  }
}

/** Folding each stream again gives the state that its decisions left: no decision has changed one. */
function expectRefolded({ streams }: World): void {
  for (const [name, { decider, state, events }] of streams) {
    const again = events.reduce<unknown>((folded, event) => decider.evolve(folded, event), decider.initial());
    if (!isDeepStrictEqual(again, state)) throw new Error(`Deciding has changed ${name}.`);
  }
}

function tell(act: Act, at: number): string {
  if (act.kind === 'time') return `${at}: ${act.ms} ms pass${act.prompt ? '' : ', and no timer fires'}`;
  const { publisherId, tenantId, installation } = act.asked.caller;
  const who = `${act.asked.role} of ${publisherId ?? tenantId ?? (installation ? 'the installation' : 'nobody')}`;
  return `${at}: ${who}: ${act.command.type} ${JSON.stringify(act.input)}`;
}
