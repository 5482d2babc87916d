import { isCountry } from '../countries.js';
import { codePoints } from '../ids.js';
import { personLimits, type PersonData } from './messages.js';

/** What is wrong with a field. The sentence says nothing of what was sent but its length: refusals are shown and noted where names must not be. */
export interface FieldFault {
  readonly field: keyof PersonData;
  readonly detail: string;
}

const measured = ['name', 'firstName', 'lastName', 'email', 'phone', 'title', 'company', 'note'] as const;

/** Judges what is given of a person; null and what is left out is not known. */
export function personFaults(data: Partial<PersonData>): FieldFault[] {
  const faults: FieldFault[] = measured.flatMap((field) => {
    const length = codePoints(data[field] ?? 'absent');
    const most = personLimits[field];
    return length >= 1 && length <= most ? [] : [{ field, detail: `It has ${length} characters, not 1 to ${most}.` }];
  });
  const { email = null, country = null } = data;
  // An empty one has been found above.
  if (!/^([^\s@]+@[^\s@]+)?$/.test(email ?? '')) faults.push({ field: 'email', detail: 'This is no e-mail address.' });
  if (country !== null && !isCountry(country)) faults.push({ field: 'country', detail: 'This is not a country code.' });
  return faults;
}
