import { sha256 } from '#lib/engine/sha256.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { RecordLine } from '#lib/engine/transfer/format.js';
import type { Settings } from '#lib/domain/settings.js';
import { processes } from '#lib/processes/processes.js';
import { companyLife } from './customer-life.js';
import { Market } from './market.js';
import { publisherLife } from './offer-life.js';
import { Seats } from './seats.js';
import { days, hours, Stage } from './stage.js';

export interface HistoryOptions {
  /** A whole number: the same gives the same history. */
  readonly seed: number;
  /** It ends with the first act that brings it to so many events. */
  readonly events: number;
}

const startMs = Date.parse('2022-01-03T08:00:00.000Z');
const lengthMs = days(3 * 365);

/** What an installation is set to whose history this is: as in production, with a month of grace. */
function settingsOf(seed: number): Settings {
  return {
    goLiveAfterMs: hours(4),
    goLiveWindowMs: hours(6),
    stopDistributionAfterMs: hours(4),
    invitationValidMs: days(90),
    leadAnswerWithinMs: days(14),
    licenseConflictMs: days(90),
    graceDays: 30,
    autoCertify: false,
    checkPackageUrl: false,
    storefrontBase: 'https://appsource.microsoft.com',
    consoleBase: 'https://console.example',
    installAddress: 'https://install.example',
    consent: { version: '1', text: 'An example.', sha256: sha256('An example.') },
    invitationSecret: (id) => sha256(`invitation ${seed} ${id}`),
    signingSecret: (id) => `whsec_${Buffer.from(sha256(`signing ${seed} ${id}`), 'hex').toString('base64')}`,
    hashSecret: sha256,
  };
}

/** How many there are of whom, so that most events are of seats, and what is kept in memory has a bound. */
function castOf(events: number) {
  const within = (least: number, count: number, most: number) => Math.min(most, Math.max(least, Math.ceil(count)));
  const offersEach = 3;
  const publishers = within(2, events / 25_000, 40);
  const leads = within(20, events / 500, 20_000);
  return {
    offersEach,
    publishers,
    companies: within(4, events / 250, 4_000),
    leadEveryMs: Math.floor((lengthMs * publishers * offersEach) / leads),
  };
}

/**
 * Three years of a marketplace, made by the deciders and processes themselves: everything that follows from the seed,
 * event IDs and instants included, is the same each time.
 */
export class History {
  readonly #stage: Stage;
  readonly #seats: Seats;
  readonly #settings: Settings;
  #made: Recorded[] = [];
  #count = 0;

  constructor(private readonly options: HistoryOptions) {
    const { seed, events } = options;
    this.#settings = settingsOf(seed);
    this.#stage = new Stage(seed, startMs, this.#settings, (appended) => {
      this.#count += appended.length;
      for (const event of appended) this.#made.push(event);
    });
    const stage = this.#stage;
    const chance = stage.chanceOf('beginnings');
    const market = new Market(stage);
    this.#seats = new Seats(stage, stage.chanceOf('seats'));
    const { publishers, offersEach, companies, leadEveryMs } = castOf(events);
    for (let index = 1; index <= publishers; index += 1) {
      const afterMs = index <= 2 ? 0 : chance.between(0, lengthMs / 2);
      stage.begin(publisherLife(stage, market, `publisher-${index}`, offersEach, leadEveryMs), afterMs);
    }
    for (let index = 1; index <= companies; index += 1) {
      stage.begin(companyLife(stage, market, this.#seats, index), chance.between(days(1), 0.9 * lengthMs));
    }
  }

  /** How often commands were refused, by name and code. */
  get refused(): ReadonlyMap<string, number> {
    return this.#stage.refused;
  }

  /** All events in the order of the log, those of one turn together. To be read once. */
  *turns(): Generator<readonly Recorded[], void> {
    const { events } = this.options;
    let from = { atMs: startMs, count: 0 };
    while (this.#count < events) {
      // Time goes on with the events, so that there are so many when three years are over.
      const share = (this.#count - from.count) / (events - from.count);
      const paced = from.atMs + (startMs + lengthMs - from.atMs) * share;
      const { nextAt } = this.#stage;
      const isTheirTurn = nextAt !== null && nextAt <= paced;
      if (!isTheirTurn) this.#stage.advanceTo(paced);
      if (isTheirTurn || !this.#seats.act()) {
        this.#stage.next();
        if (!isTheirTurn) from = { atMs: this.#stage.nowMs, count: this.#count };
      }
      if (this.#made.length > 0) yield this.#made;
      this.#made = [];
    }
  }

  /** What lies beside the log at its end; to be read after the events. */
  records(): Generator<RecordLine, void> {
    const names = processes(this.#settings).map(({ name }) => name);
    return this.#stage.world.beside.lines(names, this.#count);
  }
}
