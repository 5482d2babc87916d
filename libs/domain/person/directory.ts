import { recordRef, type RecordRef } from '#lib/engine/model/query.js';
import type { RecordPut } from '#lib/engine/model/record.js';
import type { PersonData } from './messages.js';

/** Where the directory of people lies, beside the log. */
export const peopleTable = 'people';

/** A row of the directory. */
export interface PersonRecord extends PersonData {
  readonly personId: string;
}

/** Whose person it is – a tenant's, or for contacts and leads a publisher's – and which one (R95). */
export function personKey(scope: string, personId: string): string {
  return `${scope}.${personId}`;
}

/** Where a person's row is. */
export function personRecord(scope: string, personId: string): RecordRef<PersonRecord> {
  return recordRef(peopleTable, personKey(scope, personId));
}

/** The row of a person; it replaces the one before. Listed by its key, so that a scope's people stand together. */
export function personPut(scope: string, personId: string, data: PersonData): RecordPut {
  const { name, firstName, lastName, email, phone, title, company, country, note } = data;
  const key = personKey(scope, personId);
  const value: PersonRecord = { personId, name, firstName, lastName, email, phone, title, company, country, note };
  return { table: peopleTable, key, value, sort: key };
}
