import { join, resolve } from 'node:path';
import { fileVariable, givenText, type Environment, type Given } from './given.js';
import { productionFaults } from './production.js';
import { isLoopback, parse, type Parser } from './parsers.js';

/** How the installation was configured: everything that the environment decides, checked. Durations in milliseconds. */
export interface Config {
  readonly mode: 'local' | 'production';
  /** Folder of the embedded files; not touched if events and views lie elsewhere. */
  readonly data: string;
  /** Connection string of KurrentDB or EventStoreDB; null: events lie in the folder. */
  readonly events: string | null;
  /** Connection string of a MongoDB replica set, for views and records; null: they lie in the folder. */
  readonly views: string | null;
  /** Before the name of each stream in KurrentDB. */
  readonly namespace: string;
  /** For so long nobody does the work of a process that died. */
  readonly leaseTermMs: number;
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  /** Who may read `GET /metrics`: this machine, whoever reaches the port without a proxy, nobody. */
  readonly metrics: 'machine' | 'network' | 'off';
  /** Where others reach this server, without a slash at the end; empty: at the free port that it takes. */
  readonly publicBase: string;
  readonly storefrontBase: string;
  /** Empty: the public base. */
  readonly consoleBase: string;
  /** Where an installation or a free trial goes on. */
  readonly installAddress: string;
  /** Addresses of proxies before this server: whoever they name as the client is it. */
  readonly trustedProxies: readonly string[];
  readonly goLiveAfterMs: number;
  readonly goLiveWindowMs: number;
  readonly stopDistributionAfterMs: number;
  readonly invitationValidMs: number;
  readonly leadAnswerWithinMs: number;
  readonly licenseConflictMs: number;
  /** Days, 0: none. */
  readonly graceDays: number;
  readonly autoCertify: boolean;
  readonly checkPackageUrl: boolean;
  /** Text of the first admin key; empty: none is given. */
  readonly adminKey: string;
  /** One of the views is verified so often, by turns; 0: none. */
  readonly verifyEveryMs: number;
  /** File that signed heads of the log are added to; null: they are not kept. */
  readonly headsFile: string | null;
}

/** Everything that is wrong with the environment, one line each. */
export class ConfigError extends Error {}

interface Option {
  readonly variable: string;
  readonly parser: Parser<unknown>;
  readonly local: string;
  /** Default in production mode; the same as `local` if absent. */
  readonly production?: string;
  /** Its value is never repeated in a message. */
  readonly secret?: boolean;
}

const { choice, text, store, namespace, port, address, page, networks, duration, every, flag, key, days, headsFile } =
  parse;

/** Every option there is: its variable, what it may be, and its default. */
export const options = {
  mode: { variable: 'SEATLEDGER_MODE', parser: choice('local', 'production'), local: 'local' },
  data: { variable: 'SEATLEDGER_DATA', parser: text, local: './data' },
  events: { variable: 'SEATLEDGER_EVENTS', parser: store('kurrentdb', 'esdb'), local: 'embedded', secret: true },
  views: { variable: 'SEATLEDGER_VIEWS', parser: store('mongodb'), local: 'embedded', secret: true },
  namespace: { variable: 'SEATLEDGER_NAMESPACE', parser: namespace, local: 'sl_' },
  leaseTermMs: { variable: 'SEATLEDGER_LEASE_TERM', parser: duration, local: '15s' },
  host: { variable: 'HOST', parser: text, local: '127.0.0.1' },
  port: { variable: 'PORT', parser: port, local: '3000' },
  logLevel: {
    variable: 'SEATLEDGER_LOG_LEVEL',
    parser: choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    local: 'info',
  },
  metrics: { variable: 'SEATLEDGER_METRICS', parser: choice('machine', 'network', 'off'), local: 'machine' },
  publicBase: { variable: 'SEATLEDGER_PUBLIC_BASE', parser: address, local: '' },
  storefrontBase: {
    variable: 'SEATLEDGER_STOREFRONT_BASE',
    parser: address,
    local: 'https://appsource.microsoft.com',
  },
  consoleBase: { variable: 'SEATLEDGER_CONSOLE_BASE', parser: address, local: '' },
  installAddress: {
    variable: 'SEATLEDGER_INSTALL_ADDRESS',
    parser: page,
    local: 'https://admin.powerplatform.microsoft.com',
  },
  trustedProxies: { variable: 'SEATLEDGER_TRUSTED_PROXIES', parser: networks, local: '' },
  goLiveAfterMs: { variable: 'SEATLEDGER_GO_LIVE_AFTER', parser: duration, local: '3s', production: '4h' },
  goLiveWindowMs: { variable: 'SEATLEDGER_GO_LIVE_WINDOW', parser: duration, local: '6s', production: '6h' },
  stopDistributionAfterMs: {
    variable: 'SEATLEDGER_STOP_DISTRIBUTION_AFTER',
    parser: duration,
    local: '3s',
    production: '4h',
  },
  invitationValidMs: { variable: 'SEATLEDGER_INVITATION_VALID', parser: duration, local: '90d' },
  leadAnswerWithinMs: { variable: 'SEATLEDGER_LEAD_ANSWER_WITHIN', parser: duration, local: '14d' },
  licenseConflictMs: { variable: 'SEATLEDGER_LICENSE_CONFLICT', parser: duration, local: '90d' },
  graceDays: { variable: 'SEATLEDGER_GRACE_DAYS', parser: days, local: '0' },
  autoCertify: { variable: 'SEATLEDGER_AUTO_CERTIFY', parser: flag, local: 'on', production: 'off' },
  checkPackageUrl: { variable: 'SEATLEDGER_CHECK_PACKAGE_URL', parser: flag, local: 'off', production: 'on' },
  adminKey: { variable: 'SEATLEDGER_ADMIN_KEY', parser: key, local: '', secret: true },
  verifyEveryMs: { variable: 'SEATLEDGER_VERIFY_EVERY', parser: every, local: '1h' },
  headsFile: { variable: 'SEATLEDGER_HEADS_FILE', parser: headsFile, local: '' },
} as const satisfies Record<keyof Config, Option>;

/** The configuration, and what each option was given. */
export interface ReadConfig {
  readonly config: Config;
  readonly given: Readonly<Record<keyof Config, Given>>;
}

/** Reads the whole configuration. Throws ConfigError that lists every fault at once. */
export function readConfig(environment: Environment): Config {
  return readOptions(environment).config;
}

/** The same, and where it comes from. */
export function readOptions(environment: Environment): ReadConfig {
  const mode = givenText(options.mode, environment, options.mode.local);
  const isProduction = 'text' in mode && mode.text === 'production';
  const faults: string[] = unknownVariables(environment);
  const values: Record<string, unknown> = {};
  const texts: Record<string, Given> = {};
  for (const [name, option] of Object.entries(options) as [string, Option][]) {
    const given = givenText(option, environment, isProduction ? (option.production ?? option.local) : option.local);
    if ('fault' in given) {
      faults.push(given.fault);
      continue;
    }
    const parsed = option.parser(given.text);
    if ('fault' in parsed) faults.push(`${given.shown}: ${parsed.fault}`);
    else [values[name], texts[name]] = [parsed.value, given];
  }
  // Addresses that are no addresses are told of already.
  if ('events' in values && 'views' in values) faults.push(...productionFaults(values as unknown as Config));
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  return { config: completed(values as unknown as Config), given: texts as ReadConfig['given'] };
}

/** Fills in what follows from other options. */
function completed(config: Config): Config {
  const shown = isLoopback(config.host) || config.host === '0.0.0.0' ? '127.0.0.1' : config.host;
  const base = config.publicBase || (config.port === 0 ? '' : `http://${shown}:${config.port}`);
  const data = resolve(config.data);
  const isInFolder = config.events === null || config.views === null;
  const heads = config.headsFile ?? (isInFolder ? join(data, 'heads.txt') : 'off');
  return {
    ...config,
    data,
    publicBase: base,
    consoleBase: config.consoleBase || base,
    headsFile: heads === 'off' ? null : resolve(heads),
  };
}

/** Options of the command line, which asks a running server: where it is, and the API key. They may be set beside the others. */
export const clientOptions = {
  server: { variable: 'SEATLEDGER_SERVER', local: 'http://127.0.0.1:3000' },
  key: { variable: 'SEATLEDGER_KEY', local: '', secret: true },
} as const;

function unknownVariables(environment: Environment): string[] {
  const all = [...Object.values(options), ...Object.values(clientOptions)];
  const known = new Set(all.flatMap(({ variable }) => [variable, fileVariable(variable)]));
  return Object.keys(environment)
    .filter((name) => name.startsWith('SEATLEDGER_') && !known.has(name))
    .map((name) => `${name}: there is no such option.`);
}
