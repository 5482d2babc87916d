import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { options } from '#lib/product/config/config.js';
import { newFolder } from '../support/sqlite.js';
import { seatledger } from './terminal.js';

describe('seatledger', () => {
  it('--help reads like a table of contents, and is no error', async () => {
    const { code, stdout, stderr } = await seatledger(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    const [, ...groups] = stdout.split(/\n\n(?=[A-Z][\w ]+:\n)/);
    // What did not fit into a line of a terminal of 80 columns would be a line of its own.
    const commands = groups.slice(1).map((group) => {
      const [heading, ...lines] = (group.split('\n\n')[0] ?? '').trimEnd().split('\n');
      return [heading, ...lines.map((line) => line.trim().split(/ {2,}/)[0])];
    });
    expect(commands).toEqual([
      [
        'Views of a running server:',
        ...['status', 'rebuild', 'verify', 'operation'],
        ...['parked list', 'parked retry', 'parked skip', 'parked skips', 'parked withdraw'],
      ],
      ['Keys of a running server:', 'keys list', 'keys create', 'keys revoke'],
      [
        'Looking back:',
        ...['audit as-of', 'audit diff', 'audit explain', 'audit ledger', 'audit replay-receipts'],
        ...['audit prove', 'audit bundle', 'audit verify'],
      ],
      ['Keeping a data folder:', 'backup', 'restore'],
      ['Moving to other stores:', 'export', 'import'],
      ['Trying it out:', 'generate', 'what-if'],
      ['Looking around:', 'config', 'doctor', 'help'],
    ]);
    expect(stdout).toContain('Exit codes: 0 done; 1 refused or failed, with what to do; 2 wrong usage.');
    expect(stdout).not.toContain('\u001B');
  });

  it.each([
    ...['status', 'rebuild', 'verify', 'operation', 'export', 'import', 'backup', 'restore', 'generate'],
    ...['audit as-of', 'audit diff', 'audit prove', 'audit verify', 'keys list', 'keys create', 'keys revoke'],
    ...['audit explain count', 'audit explain seat', 'audit explain check', 'audit replay-receipts', 'what-if'],
    ...['config', 'doctor'],
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
