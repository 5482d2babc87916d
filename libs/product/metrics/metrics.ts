import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Lag } from './lag.js';

const httpSeconds = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const commitSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** What is kept in a store of its own. */
export type CommittedTo = 'events' | 'records' | 'views';

/** Of Node and the operating system, event loop and garbage included: there is one of each in a process. */
let ofProcess: Registry | null = null;

function processRegistry(): Registry {
  if (ofProcess) return ofProcess;
  ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  return ofProcess;
}

/**
 * What this process tells Prometheus. Labels are names out of the program – commands, routes, views, processes –, never
 * an ID of the business or of a person: there are few of them, and they say nothing about anybody.
 */
export class Metrics {
  readonly #own = new Registry();
  readonly #commands = new Counter({
    name: 'seatledger_commands_total',
    help: 'Commands carried out, by their stored name and what became of them.',
    labelNames: ['command', 'outcome'] as const,
    registers: [this.#own],
  });
  readonly #requests = new Histogram({
    name: 'seatledger_http_request_duration_seconds',
    help: 'From a request until its answer is sent, or begun if it is a stream, by route and status.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: httpSeconds,
    registers: [this.#own],
  });
  readonly #commits = new Histogram({
    name: 'seatledger_store_commit_duration_seconds',
    help: 'From handing over an append (events) or a transaction (records, views) until it is durable.',
    labelNames: ['store'] as const,
    buckets: commitSeconds,
    registers: [this.#own],
  });
  readonly #readable = this.#gauge('stores_readable', '1: log, records and checkpoints were read for this answer.');
  readonly #lag = {
    projectionEvents: this.#gauge(
      'projection_lag_events',
      'Events that a view has not folded, 10000 at most.',
      'projection',
    ),
    projectionSeconds: this.#gauge(
      'projection_lag_seconds',
      'Age of the first event that a view has not folded.',
      'projection',
    ),
    parked: this.#gauge('projection_parked_documents', 'Documents of a view that wait behind an event.', 'projection'),
    differs: this.#gauge(
      'projection_differs',
      '1: folded anew to be verified, a view came out otherwise than what is read of it.',
      'projection',
    ),
    verifiedAt: this.#gauge(
      'projection_verified_timestamp_seconds',
      'When a view was last verified, in seconds since 1970.',
      'projection',
    ),
    buildDone: this.#gauge(
      'rebuild_done_events',
      'Events that a new build of a view has behind it.',
      ...['projection', 'build'],
    ),
    buildHead: this.#gauge(
      'rebuild_head_events',
      'Events that the view has behind it that is read meanwhile.',
      ...['projection', 'build'],
    ),
    parkedStreams: this.#gauge(
      'process_parked_streams',
      'Streams whose events wait in a process for a new build.',
      'process',
    ),
    processEvents: this.#gauge(
      'process_lag_events',
      'Events that a process has not handled, 10000 at most.',
      'process',
    ),
    processSeconds: this.#gauge(
      'process_lag_seconds',
      'Age of the first event that a process has not handled.',
      'process',
    ),
    overdue: this.#gauge('timers_overdue', 'Timers whose time has come and that have not fired, 1000 at most.'),
    overdueSeconds: this.#gauge('timers_overdue_seconds', 'For how long the first of them is overdue.'),
  };

  /** `readLag` is asked for each answer; it rejects where the stores cannot be read. */
  constructor(private readonly readLag: () => Promise<Lag>) {
    processRegistry();
  }

  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  command(command: string, outcome: string): void {
    this.#commands.inc({ command, outcome });
  }

  request(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status: String(status) }, seconds);
  }

  commit(store: CommittedTo, seconds: number): void {
    this.#commits.observe({ store }, seconds);
  }

  /** Everything in Prometheus' text format. What cannot be read is left out. */
  async text(): Promise<string> {
    const lag = await this.readLag().catch(() => null);
    this.#readable.set(lag ? 1 : 0);
    for (const gauge of Object.values(this.#lag)) gauge.reset();
    // Those without labels are set to 0 by that, which would be an answer.
    for (const gauge of [this.#lag.overdue, this.#lag.overdueSeconds]) gauge.remove();
    if (lag) this.#show(lag);
    return (await Promise.all([this.#own.metrics(), processRegistry().metrics()])).join('\n');
  }

  #show({ projections, processes, overdue, overdueSeconds, builds }: Lag): void {
    for (const { name, events, seconds, parked, verified } of projections) {
      this.#lag.projectionEvents.set({ projection: name }, events);
      this.#lag.projectionSeconds.set({ projection: name }, seconds);
      this.#lag.parked.set({ projection: name }, parked);
      if (!verified) continue;
      this.#lag.differs.set({ projection: name }, verified.isEqual ? 0 : 1);
      this.#lag.verifiedAt.set({ projection: name }, Date.parse(verified.at) / 1_000);
    }
    for (const { name, events, seconds, parked } of processes) {
      this.#lag.processEvents.set({ process: name }, events);
      this.#lag.processSeconds.set({ process: name }, seconds);
      this.#lag.parkedStreams.set({ process: name }, parked);
    }
    for (const { name: projection, build, done, head } of builds) {
      this.#lag.buildDone.set({ projection, build }, done);
      this.#lag.buildHead.set({ projection, build }, head);
    }
    this.#lag.overdue.set(overdue);
    this.#lag.overdueSeconds.set(overdueSeconds);
  }

  #gauge(name: string, help: string, ...labelNames: string[]): Gauge {
    return new Gauge({ name: `seatledger_${name}`, help, labelNames, registers: [this.#own] });
  }
}
