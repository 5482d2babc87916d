import type { Command } from 'commander';
import { bundle, type BundleChoice } from '../audit-bundle-command.js';
import { prove } from '../audit-prove-command.js';
import { verify, type VerifyChoice } from '../audit-verify-command.js';
import type { Surroundings } from '../surroundings.js';

export function addAudit(program: Command, surroundings: Surroundings): void {
  program.commandsGroup('Auditing:');
  const audit = program.command('audit').description('prove that history is what it was');
  audit
    .command('prove')
    .description('prove that an event is in the log, under a signed head')
    .argument('<event>', '<stream>@<revision>')
    .option('--json', 'as JSON', false)
    .action((event: string, { json }: { json: boolean }) => prove(event, json, surroundings));
  audit
    .command('bundle')
    .description("write one tenant's events with their proofs, and a verifier, to a new zip file")
    .argument('<file>', 'a file that is not there yet')
    .requiredOption('--tenant <id>', "the tenant's GUID")
    .option('--heads <file>', 'the heads file, to prove that its heads go on in this bundle')
    .action((file: string, choice: BundleChoice) => bundle(file, choice, surroundings));
  audit
    .command('verify')
    .description('verify a bundle, or an export against the heads file')
    .argument('<what>', 'a zip file or folder that bundle wrote, or a file that export wrote')
    .option('--heads <file>', 'signed heads that were kept elsewhere')
    .option('--json', 'as JSON', false)
    .action((what: string, choice: VerifyChoice) => verify(what, choice, surroundings));
}
