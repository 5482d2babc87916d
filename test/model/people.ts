import type { Owner } from '#lib/engine/model/aggregate.js';
import {
  ErasePersonOfPublisher,
  ErasePersonOfTenant,
  PutPersonOfPublisher,
  PutPersonOfTenant,
  type PersonData,
} from '#lib/domain/person/messages.js';
import {
  dealStaff,
  isPersonId,
  isShort,
  rule,
  seatStaff,
  unless,
  type Model,
  type ModelPerson,
  type Rule,
  type Verdict,
} from './model.js';

function personOf(model: Model, scope: string, personId: string): ModelPerson {
  const known = model.people.find((one) => one.scope === scope && one.personId === personId);
  if (known) return known;
  const person: ModelPerson = { scope, personId, erased: false, data: null };
  model.people.push(person);
  return person;
}

/** R95: a person of this tenant or publisher who is never written down again. */
export function isErased({ people }: Model, scope: string, personId: string): boolean {
  return people.some((one) => one.scope === scope && one.personId === personId && one.erased);
}

/** Into the directory; whatever it held of them goes. */
export function writeDown(model: Model, scope: string, personId: string, data: PersonData): void {
  const { name, firstName, lastName, email, phone, title, company, country, note } = data;
  const row = { personId, name, firstName, lastName, email, phone, title, company, country, note };
  personOf(model, scope, personId).data = row;
}

/** What is given of a person has a length and a form; null is not known. */
export function isRight({ name, firstName, lastName, email, phone, title, company, country, note }: PersonData) {
  const isUpTo = (most: number, ...texts: (string | null)[]) =>
    texts.every((text) => text === null || isShort(text, most));
  const isMeasured =
    isUpTo(200, name, title, company) && isUpTo(80, firstName, lastName) && isUpTo(50, phone) && isUpTo(2_000, note);
  return isMeasured && isUpTo(254, email) && (email?.includes('@') ?? true) && ['US', 'SE', null].includes(country);
}

function put(model: Model, scope: string, isOwn: boolean, sent: PersonData & { personId: string }): Verdict {
  const { personId } = sent;
  return unless(
    [
      [!isOwn, 'NOT_FOUND'],
      [!isPersonId(personId), 'PERSON_ID_INVALID'], // R95
      [!isRight(sent), 'PERSON_FIELD_INVALID'],
      [isErased(model, scope, personId), 'PERSON_ERASED'],
    ],
    () => writeDown(model, scope, personId, sent),
  );
}

function erase(model: Model, scope: string, isOwn: boolean, personId: string): Verdict {
  return unless(
    [
      [!isOwn, 'NOT_FOUND'],
      [!isPersonId(personId), 'PERSON_ID_INVALID'], // R95
    ],
    () => Object.assign(personOf(model, scope, personId), { erased: true, data: null }),
  );
}

const isTenant = (caller: Owner, tenantId: string): boolean => caller.tenantId === tenantId;
const isPublisher = (caller: Owner, publisherId: string): boolean => caller.publisherId === publisherId;

export const peopleRules: readonly Rule[] = [
  rule(PutPersonOfTenant, seatStaff, (model, { tenantId, ...sent }, { caller }) =>
    put(model, tenantId, isTenant(caller, tenantId), sent),
  ),
  rule(PutPersonOfPublisher, dealStaff, (model, { publisherId, ...sent }, { caller }) =>
    put(model, publisherId, isPublisher(caller, publisherId), sent),
  ),
  rule(ErasePersonOfTenant, seatStaff, (model, { tenantId, personId }, { caller }) =>
    erase(model, tenantId, isTenant(caller, tenantId), personId),
  ),
  rule(ErasePersonOfPublisher, dealStaff, (model, { publisherId, personId }, { caller }) =>
    erase(model, publisherId, isPublisher(caller, publisherId), personId),
  ),
];
