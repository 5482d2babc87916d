import { Option, type Command } from 'commander';
import { roles } from '#lib/domain/roles.js';
import { createKey, listKeys, revokeKey, type KeyChoice } from '../keys-commands.js';
import type { Surroundings } from '../surroundings.js';

export function addKeys(program: Command, surroundings: Surroundings): void {
  const group = 'Keys of a running server:';
  const keys = program.commandsGroup(group).command('keys').description('API keys');
  keys.commandsGroup(group);
  keys
    .command('list')
    .description('all keys, the oldest first, without their secrets')
    .option('--json', 'as JSON', false)
    .action(({ json }: { json: boolean }) => listKeys(json, surroundings));
  keys
    .command('create')
    .description('create a key and print it, this once')
    .addOption(new Option('--role <role>', 'what it may do').choices(roles).makeOptionMandatory())
    .requiredOption('--label <text>', 'what it is for')
    .option('--publisher <publisherId>', 'whose things it reaches: publisher roles and app')
    .option('--tenant <tenantId>', 'whose things it reaches: customer roles')
    .option('--person <personId>', 'who acts with it, as events name them')
    .option('--expires <instant>', 'until when it is accepted, like 2030-01-01T00:00:00.000Z')
    .option('--json', 'with all that is known of it, as JSON', false)
    .action((choice: KeyChoice) => createKey(choice, surroundings));
  keys
    .command('revoke')
    .description('refuse a key from now on')
    .argument('<keyId>', 'as list shows it')
    .option('--json', 'tell the result as JSON', false)
    .action((keyId: string, { json }: { json: boolean }) => revokeKey(keyId, json, surroundings));
}
