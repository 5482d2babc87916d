import type { PersonData } from '#lib/domain/person/messages.js';

/** All that may be unknown of a person. */
export const unknown = {
  firstName: null,
  lastName: null,
  email: null,
  phone: null,
  title: null,
  company: null,
  country: null,
  note: null,
} as const;

/** A person of whom nothing is known but this. */
export function personOf(known: Partial<PersonData> & Pick<PersonData, 'name'>): PersonData {
  return { ...unknown, ...known };
}

/** A person whose every field that is free holds a text that is nowhere else. */
export function marked(marker: string): PersonData {
  return {
    name: `Name ${marker}`,
    firstName: `First ${marker}`,
    lastName: `Last ${marker}`,
    email: `${marker}@contoso.example`,
    phone: `+1 ${marker}`,
    title: `Title ${marker}`,
    company: `Company ${marker}`,
    country: 'GB',
    note: `Note ${marker}`,
  };
}
