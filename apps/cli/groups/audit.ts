import { Option, type Command } from 'commander';
import { bundle, type BundleChoice } from '../audit-bundle-command.js';
import { prove } from '../audit-prove-command.js';
import { verify, type VerifyChoice } from '../audit-verify-command.js';
import { showAsOf } from '../as-of-command.js';
import { showDifference, type Span } from '../diff-command.js';
import { addExplain } from './explain.js';
import { exportLedger, type LedgerChoice } from '../ledger-command.js';
import { askable, moment } from '../past.js';
import { replayReceipts } from '../replay-receipts-command.js';
import type { Surroundings } from '../surroundings.js';

const paths = `
What can be asked, below /v1, with ?filter[…]… where a list takes it:
${askable.map((path) => `  ${path}`).join('\n')}

The running server is asked, at SEATLEDGER_SERVER with the API key in SEATLEDGER_KEY.`;

export function addAudit(program: Command, surroundings: Surroundings): void {
  const group = 'Looking back:';
  const audit = program.commandsGroup(group).command('audit').description('how it was, and proof of it');
  audit.commandsGroup(group);
  audit
    .command('as-of')
    .description('what a query would have answered then')
    .argument('<path>', 'such as /customers/{tenantId}/licenses')
    .requiredOption('--at <moment>', moment)
    .option('--json', 'as JSON', false)
    .addHelpText('after', paths)
    .action((path: string, { at, json }: { at: string; json: boolean }) => showAsOf(path, at, json, surroundings));
  audit
    .command('diff')
    .description('what a query answers otherwise then and then')
    .argument('<path>', 'such as /customers/{tenantId}/licenses')
    .requiredOption('--from <moment>', moment)
    .requiredOption('--to <moment>', moment)
    .option('--json', 'as JSON', false)
    .addHelpText('after', paths)
    .action((path: string, choice: Span & { json: boolean }) =>
      showDifference(path, choice, choice.json, surroundings),
    );
  addExplain(audit, surroundings);
  audit
    .command('ledger')
    .description('every license and seat event, to standard output')
    .addOption(new Option('--format <format>', 'how rows are written').choices(['csv', 'ndjson']).default('csv'))
    .option('--tenant <tenantId>', 'those of one customer')
    .option('--publisher <publisherId>', 'those of one publisher')
    .option('--as-of <moment>', moment)
    .action((choice: LedgerChoice) => exportLedger(choice, surroundings));
  audit
    .command('replay-receipts')
    .description('answer receipts again, and tell what differs')
    .argument('<file>', 'answers with their receipts, one a line; -: standard input')
    .option('--json', 'as JSON, one a line', false)
    .action((file: string, { json }: { json: boolean }) => replayReceipts(file, json, surroundings));
  addProofs(audit, surroundings);
}

/** What needs no trust in whoever runs the server. */
function addProofs(audit: Command, surroundings: Surroundings): void {
  audit
    .command('prove')
    .description('prove that an event is in the log')
    .argument('<event>', '<stream>@<revision>')
    .option('--json', 'as JSON', false)
    .action((event: string, { json }: { json: boolean }) => prove(event, json, surroundings));
  audit
    .command('bundle')
    .description("write one tenant's events with proofs to a zip file")
    .argument('<file>', 'a file that is not there yet')
    .requiredOption('--tenant <id>', "the tenant's GUID")
    .option('--heads <file>', 'the heads file, to prove that its heads go on in this bundle')
    .action((file: string, choice: BundleChoice) => bundle(file, choice, surroundings));
  audit
    .command('verify')
    .description('verify a bundle, an export or receipts')
    .argument(
      '<what>',
      'what bundle wrote (a zip file or its folder) or export did, or answers with receipts, one a line',
    )
    .option('--heads <file>', 'heads that were kept elsewhere; or, for receipts, key.txt')
    .option('--json', 'as JSON', false)
    .action((what: string, choice: VerifyChoice) => verify(what, choice, surroundings));
}
