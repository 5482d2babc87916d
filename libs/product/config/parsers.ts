import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Parsed<T> = { readonly value: T } | { readonly fault: string };
export type Parser<T> = (text: string) => Parsed<T>;

const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** How each kind of option is read from text, and what is said when it cannot be. */
export const parse = {
  text: (text: string): Parsed<string> => (text === '' ? { fault: 'must not be empty.' } : { value: text }),

  choice:
    <Words extends readonly string[]>(...words: Words): Parser<Words[number]> =>
    (text) =>
      words.includes(text) ? { value: text } : { fault: `must be one of ${words.join(', ')}.` },

  /** Null: embedded. A connection string may begin with `<scheme>://` or, for a cluster, `<scheme>+…://`. */
  store:
    (...schemes: readonly string[]): Parser<string | null> =>
    (text) => {
      if (text === 'embedded') return { value: null };
      const [, scheme] = /^([a-z]+)(\+[a-z]+)?:\/\/\S+$/.exec(text) ?? [];
      return scheme !== undefined && schemes.includes(scheme)
        ? { value: text }
        : { fault: `must be embedded, or an address that begins with ${schemes.join(':// or ')}://.` };
    },

  namespace: (text: string): Parsed<string> =>
    /^[a-z0-9]+_$/.test(text) ? { value: text } : { fault: 'must be small letters or digits, and an underscore.' },

  port: (text: string): Parsed<number> =>
    /^\d{1,5}$/.test(text) && Number(text) <= 65_535
      ? { value: Number(text) }
      : { fault: 'must be a port: a number from 0 to 65535.' },

  /** An http or https address, without a slash at the end; empty: follows from host and port. */
  address: (text: string): Parsed<string> =>
    text === '' || /^https?:\/\/[^\s/?#]+(\/[^\s?#]*[^\s?#/])?$/.test(text)
      ? { value: text }
      : { fault: 'must be an http or https address without query and without a slash at the end.' },

  /** An https address that people are shown. */
  page: (text: string): Parsed<string> =>
    /^https:\/\/[^\s/?#]+([/?#]\S*)?$/.test(text) ? { value: text } : { fault: 'must be an https address.' },

  /** IP addresses, or blocks of them, with commas between; empty: none. */
  networks: (text: string): Parsed<readonly string[]> => {
    const networks = text.split(',').filter((network) => network !== '');
    return networks.every((network) => isIP(network) > 0 || ipaddr.isValidCIDR(network))
      ? { value: networks }
      : { fault: 'must be IP addresses or blocks such as 10.0.0.0/8, with commas between them.' };
  },

  duration: (text: string): Parsed<number> => {
    const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
    return amount !== undefined && unit !== undefined
      ? { value: Number(amount) * unitsMs[unit as keyof typeof unitsMs] }
      : { fault: 'must be a duration such as 500ms, 30s, 15m, 4h or 90d.' };
  },

  /** How often something is done, not more often than once a minute; 0: `off`, never. */
  every: (text: string): Parsed<number> => {
    if (text === 'off' || text === '0') return { value: 0 };
    const every = parse.duration(text);
    return 'value' in every && every.value >= unitsMs.m
      ? every
      : { fault: 'must be off, or a duration of a minute or more such as 30m, 1h or 1d.' };
  },

  days: (text: string): Parsed<number> =>
    /^\d{1,4}$/.test(text) ? { value: Number(text) } : { fault: 'must be a whole number of days from 0 to 9999.' },

  /** The text of an API key; empty: none. */
  key: (text: string): Parsed<string> =>
    text === '' || /^sl_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/.test(text)
      ? { value: text }
      : { fault: 'must be sl_, 16 hexadecimal digits, _ and 43 characters of base64url.' },

  /** `off`, or a file's path; empty: follows from where the stores are. */
  headsFile: (text: string): Parsed<string | null> => ({ value: text === '' ? null : text }),

  flag: (text: string): Parsed<boolean> =>
    text === 'on' || text === 'off' ? { value: text === 'on' } : { fault: 'must be on or off.' },
} as const;

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Hosts of a connection string, with their ports and commas between them; nothing of how to get in. */
export function hostsOf(url: string): string {
  return /^[^:]+:\/\/(?:[^@/]*@)?([^/?]+)/.exec(url)?.[1] ?? '';
}
