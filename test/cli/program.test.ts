import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { options } from '#lib/product/config/config.js';
import { newFolder } from '../support/sqlite.js';
import { seatledger } from './terminal.js';

describe('seatledger', () => {
  it('--help reads like a table of contents, and is no error', async () => {
    const { code, stdout, stderr } = await seatledger(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    const unwrapped = stdout.replaceAll(/\n {10,}/g, ' ');
    const commands = [...unwrapped.matchAll(/^ {2}([\w-]+) .*? {2,}(\S.*)$/gm)].map(([, name, about]) => [name, about]);
    expect(commands).toEqual([
      ['status', 'show how far every view is, and what waits'],
      ['rebuild', 'build views anew beside those that are read, and switch to them when nothing differs'],
      ['verify', 'fold the whole log again and compare; nothing of it stays'],
      ['operation', 'show an operation, or ask it to go another way'],
      ['export', 'write log and records to a new file'],
      ['import', 'bring an export into empty stores, or go on with it'],
      ['audit', 'how it was, what has changed since, and proof of it'],
      ['backup', 'copy log and records, also beside a server'],
      ['restore', 'make a data folder of a backup'],
      ['generate', 'write an invented history into empty stores'],
      ['what-if', 'what other settings or further commands would come to for a customer; writes nothing'],
      ['config', 'show every option, and where its value comes from'],
      ['doctor', 'look at stores, log, clock and disk; change nothing'],
      ['help', 'display help for command'],
    ]);
    expect(stdout).toContain('Exit codes: 0 done; 1 refused or failed, with what to do; 2 wrong usage.');
    expect(stdout).not.toContain('\u001B');
  });

  it.each([
    ...['status', 'rebuild', 'verify', 'operation', 'export', 'import', 'backup', 'restore', 'generate'],
    ...['audit as-of', 'audit diff', 'audit prove', 'audit verify', 'config', 'doctor'],
    ...['audit explain count', 'audit explain seat', 'audit explain check', 'audit replay-receipts', 'what-if'],
  ])('%s --help says what it takes', async (command) => {
    const { code, stdout } = await seatledger([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: seatledger ${command}`);
    expect(stdout).toContain('--json');
  });

  it.each([
    [['nonsense'], "error: unknown command 'nonsense'"],
    [['export'], "error: missing required argument 'file'"],
    [['export', 'a', 'b'], 'error: too many arguments'],
    [['audit', 'as-of', '/offers/a.b'], "error: required option '--at <moment>' not specified"],
    [['import', '--nonsense', 'a'], "error: unknown option '--nonsense'"],
    [[], 'Usage: seatledger'],
  ])('answers %j with code 2 and what is wrong', async (args, reason) => {
    const { code, stdout, stderr } = await seatledger(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(reason);
  });
});

const adminKey = `sl_0123456789abcdef_${'x'.repeat(43)}`;

describe('seatledger config', () => {
  it('shows every option once, with its value and where that comes from', async () => {
    const file = join(newFolder(), 'grace');
    writeFileSync(file, '30\n');
    const environment = {
      SEATLEDGER_MODE: 'production',
      SEATLEDGER_GRACE_DAYS_FILE: file,
      PORT: '8080',
      UNRELATED: 'x',
    };
    const { code, stdout } = await seatledger(['config', '--json'], { environment });
    expect(code).toBe(0);
    const shown = JSON.parse(stdout) as { variable: string }[];
    expect(shown.map(({ variable }) => variable)).toEqual(Object.values(options).map(({ variable }) => variable));
    for (const row of [
      { variable: 'SEATLEDGER_MODE', value: 'production', from: 'environment' },
      { variable: 'PORT', value: '8080', from: 'environment' },
      { variable: 'HOST', value: '127.0.0.1', from: 'default' },
      { variable: 'SEATLEDGER_GO_LIVE_AFTER', value: '4h', from: 'default' },
      { variable: 'SEATLEDGER_PUBLIC_BASE', value: 'http://127.0.0.1:8080', from: 'default' },
      { variable: 'SEATLEDGER_GRACE_DAYS', value: '30', from: `file ${file}` },
      { variable: 'SEATLEDGER_TRUSTED_PROXIES', value: null, from: 'not set' },
      { variable: 'SEATLEDGER_ADMIN_KEY', value: null, from: 'not set' },
      { variable: 'SEATLEDGER_EVENTS', value: 'embedded', from: 'default' },
    ]) {
      expect(shown).toContainEqual(row);
    }
  });

  it('as a table for people, without any secret', async () => {
    const { code, stdout } = await seatledger(['config'], {
      environment: { SEATLEDGER_ADMIN_KEY: adminKey, SEATLEDGER_VIEWS: 'mongodb://me:hidden@db.example/seatledger' },
    });
    expect(code).toBe(0);
    expect(stdout).not.toContain(adminKey.slice(3));
    expect(stdout).not.toContain('hidden@');
    expect(stdout).toMatch(/^variable +value +from\nSEATLEDGER_MODE +local +default\n/);
    expect(stdout).toMatch(/^SEATLEDGER_ADMIN_KEY +\(not shown\) +environment$/m);
    expect(stdout).toMatch(/^SEATLEDGER_TRUSTED_PROXIES +not set$/m);
  });

  it('lists all faults at once with code 1, and no secret in them', async () => {
    const environment = { PORT: 'x', SEATLEDGER_ADMIN_KEY: 'secret', SEATLEDGER_NONE: '' };
    const { code, stdout, stderr } = await seatledger(['config'], { environment });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n')).toEqual([
      'The configuration is not usable:',
      'SEATLEDGER_NONE: there is no such option.',
      'PORT="x": must be a port: a number from 0 to 65535.',
      'SEATLEDGER_ADMIN_KEY: must be sl_, 16 hexadecimal digits, _ and 43 characters of base64url.',
    ]);
  });
});
