import type { EventOf, HttpRoute } from '#lib/engine/model/message.js';
import { Default, Nullable, TenantGuid, Text } from '#lib/engine/model/shape.js';
import { dealRoles, seatRoles } from '../roles.js';

/** Longest texts of a person in the directory. */
export const personLimits = {
  name: 200,
  firstName: 80,
  lastName: 80,
  email: 254,
  phone: 50,
  title: 200,
  company: 200,
  note: 2_000,
} as const;

const { name, firstName, lastName, email, phone, title, company, note } = personLimits;

/** What the directory holds of a person, and nothing else does (R95). Null: not known. */
export class PersonData {
  @Text({ description: `1 to ${name} characters.`, example: 'Ada Lovelace' }) name!: string;
  @Nullable() @Text({ description: `1 to ${firstName} characters.` }) firstName!: string | null;
  @Nullable() @Text({ description: `1 to ${lastName} characters.` }) lastName!: string | null;
  @Nullable()
  @Text({ description: `E-mail address, at most ${email} characters.`, example: 'ada@contoso.example' })
  email!: string | null;
  @Nullable() @Text({ description: `1 to ${phone} characters.` }) phone!: string | null;
  @Nullable() @Text({ description: `Job title, 1 to ${title} characters.` }) title!: string | null;
  @Nullable() @Text({ description: `1 to ${company} characters.` }) company!: string | null;
  @Nullable() @Text({ description: 'ISO 3166-1 alpha-2 code.', example: 'GB' }) country!: string | null;
  @Nullable() @Text({ description: `Free text, 1 to ${note} characters.` }) note!: string | null;
}

/** As a client sends it: what is left out is not known. */
export class PersonInput extends PersonData {}
for (const field of ['firstName', 'lastName', 'email', 'phone', 'title', 'company', 'country', 'note']) {
  Default(null)(PersonInput.prototype, field);
}

/** Writes a person of a tenant down, in the directory alone; replaces all that it held of them. */
export class PutPersonOfTenant extends PersonInput {
  static readonly type = 'PutPersonOfTenant';
  static readonly http: HttpRoute = {
    route: 'PUT /customers/{tenantId}/people/{personId}',
    by: seatRoles,
    summary: "Put a person into the customer's directory, or replace what it holds of them.",
  };
  @TenantGuid() tenantId!: string;
  @Text({ example: 'ada' }) personId!: string;
}

/** Writes a contact of a publisher down, in the directory alone; replaces all that it held of them. */
export class PutPersonOfPublisher extends PersonInput {
  static readonly type = 'PutPersonOfPublisher';
  static readonly http: HttpRoute = {
    route: 'PUT /publishers/{publisherId}/people/{personId}',
    by: dealRoles,
    summary: "Put a person into the publisher's directory, or replace what it holds of them.",
  };
  @Text({ example: 'fabrikam' }) publisherId!: string;
  @Text({ example: 'contoso-buyer' }) personId!: string;
}

/** Everything the directory holds of a person goes, and they are never written down again. */
export class ErasePersonOfTenant {
  static readonly type = 'ErasePersonOfTenant';
  static readonly settles = true;
  static readonly http: HttpRoute = {
    route: 'DELETE /customers/{tenantId}/people/{personId}',
    by: seatRoles,
    summary: 'Erase a person for ever. Seats and history keep the opaque ID; nothing else is left.',
  };
  @TenantGuid() tenantId!: string;
  @Text({ example: 'ada' }) personId!: string;
}

/** Everything the directory holds of a person goes, and they are never written down again. */
export class ErasePersonOfPublisher {
  static readonly type = 'ErasePersonOfPublisher';
  static readonly settles = true;
  static readonly http: HttpRoute = {
    route: 'DELETE /publishers/{publisherId}/people/{personId}',
    by: dealRoles,
    summary: 'Erase a person for ever. Deals and history keep the opaque ID; nothing else is left.',
  };
  @Text({ example: 'fabrikam' }) publisherId!: string;
  @Text({ example: 'contoso-buyer' }) personId!: string;
}

/** All that is left of a person. Of publisher and tenant, one names whose directory they were in; the other is null. */
export class PersonErased {
  static readonly type = 'PersonErased';
  static readonly v = 1;
  @Text() personId!: string;
  @Nullable() @Text() publisherId!: string | null;
  @Nullable() @Text() tenantId!: string | null;
}

export const personEvents = [PersonErased] as const;
export type PersonEvent = EventOf<(typeof personEvents)[number]>;
