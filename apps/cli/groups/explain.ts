import { Option, type Command } from 'commander';
import { explainCheck, explainCount, explainSeat, type CheckChoice, type ExplainChoice } from '../explain-command.js';
import { moment } from '../past.js';
import type { Surroundings } from '../surroundings.js';

const tenant = ['<tenant>', "the customer's GUID"] as const;
const plan = ['<service ID>', 'of the plan, such as fabrikam.f365.gold'] as const;
const person = ['<person>', "a person's ID"] as const;

/** `audit explain …`: why something is as it is. */
export function addExplain(audit: Command, surroundings: Surroundings): void {
  const explain = audit.command('explain').description('why something is as it is, and who acted');
  const told = (command: Command): Command =>
    command.option('--at <moment>', moment).option('--json', 'as JSON', false);
  told(explain.command('count').description('why a customer has so many licenses of a plan'))
    .argument(...tenant)
    .argument(...plan)
    .action((tenantId: string, serviceId: string, choice: ExplainChoice) =>
      explainCount(tenantId, serviceId, choice, surroundings),
    );
  told(explain.command('seat').description('why a person has a seat of a plan, or none'))
    .argument(...tenant)
    .argument(...plan)
    .argument(...person)
    .action((tenantId: string, serviceId: string, personId: string, choice: ExplainChoice) =>
      explainSeat(tenantId, serviceId, personId, choice, surroundings),
    );
  told(explain.command('check').description('why a check allows a person, or does not'))
    .argument('<offer>', 'such as fabrikam.f365')
    .argument(...tenant)
    .argument(...person)
    .addOption(new Option('--component <name>', 'what is checked: a component').conflicts('serviceId'))
    .option('--service-id <service ID>', 'what is checked: a plan')
    .action((offer: string, tenantId: string, personId: string, choice: CheckChoice) =>
      explainCheck(offer, tenantId, personId, choice, surroundings),
    );
}
