import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { systemClock } from '#lib/engine/ports/clock.js';
import { TestProduct } from '../support/product.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** Runs a script in bash; its output with what it said was wrong. */
function run(script: string, environment: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const shell = spawn('bash', ['-eu', '-c', script], { env: { ...process.env, ...environment } });
    let output = '';
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
    shell.once('close', (code) => resolve({ code, output }));
  });
}

it('the story in curl, as the README tells it, ends with the person allowed', async () => {
  const [, story = ''] = /```sh story\n([\s\S]*?)```/.exec(readme) ?? [];
  const product = await TestProduct.start({ SEATLEDGER_GO_LIVE_AFTER: '200ms' }, { clock: systemClock });
  const { code, output } = await run(story, { BASE: product.url, ADMIN: product.admin.key ?? '', NODE_OPTIONS: '' });
  await product.stop();
  expect({ code, refused: /"status":[45]\d\d/.exec(output)?.[0] ?? null }).toEqual({ code: 0, refused: null });
  expect(output.trimEnd().split('}{').at(-1)).toContain('"allowed":true,"code":"ACTIVE"');
}, 60_000);

it('every option of the configuration is in the README, with the name that is read', async () => {
  const { options } = await import('#lib/product/config/config.js');
  const missing = Object.values(options).filter(({ variable }) => !readme.includes(`\`${variable}\``));
  expect(missing.map(({ variable }) => variable)).toEqual([]);
});
