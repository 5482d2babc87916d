import { Default, Flag, Nullable, Numeric, OneOf, Part, TenantGuid, Text } from '#lib/engine/model/shape.js';

/** An amount in minor units (cents) of an ISO 4217 currency (R52). */
export class Money {
  @Numeric({ description: 'Whole minor units, e.g. cents; greater than 0.' }) amountMinor!: number;
  @Text({ description: 'ISO 4217 code.', example: 'USD' }) currency!: string;
}

export const deployments = ['customerTenant', 'partnerTenant'] as const;

/** What is registered about a sale (R53). Null: not given yet. Dates are calendar dates, `YYYY-MM-DD`, in UTC. */
export class DealForm {
  @Nullable() @Text({ description: "The customer's company.", example: 'Contoso' }) company!: string | null;
  @Nullable() @Text({ description: 'ISO 3166-1 alpha-2 code.', example: 'US' }) country!: string | null;
  @Nullable() @Text() city!: string | null;
  @Nullable() @Text({ description: 'State or province.' }) state!: string | null;
  @Nullable()
  @Text({ description: "One of the publisher's own offers.", example: 'fabrikam.f365' })
  offer!: string | null;
  @Nullable() @Part(() => Money) solutionValue!: Money | null;
  @Nullable() @Part(() => Money) totalContractValue!: Money | null;
  /** Whose tenant the solution is deployed in. */
  @Nullable() @OneOf(deployments) deployedIn!: string | null;
  /** The customer's tenant; required if the solution is deployed there (R50). */
  @Nullable() @TenantGuid() tenantId!: string | null;
  @Nullable() @Text({ example: '2026-01-15' }) signedOn!: string | null;
  @Nullable() @Text({ example: '2026-02-01' }) startsOn!: string | null;
  /** Last day of the contract; null with `perpetual`. */
  @Nullable() @Text({ example: '2027-01-31' }) endsOn!: string | null;
  @Flag({ description: 'The contract has no end.' }) perpetual!: boolean;
  @Nullable() @Text({ description: 'Person ID of the contact.' }) contact!: string | null;
}

const absent = {
  company: null,
  country: null,
  city: null,
  state: null,
  offer: null,
  solutionValue: null,
  totalContractValue: null,
  deployedIn: null,
  tenantId: null,
  signedOn: null,
  startsOn: null,
  endsOn: null,
  perpetual: false,
  contact: null,
} as const satisfies DealForm;

/** The form as a client sends it: what is left out is not given. */
export class DealFormInput extends DealForm {}
for (const [field, value] of Object.entries(absent)) Default(value)(DealFormInput.prototype, field);

/** The form alone, out of a message that holds it among other fields. */
export function formOf(message: DealForm): DealForm {
  return {
    company: message.company,
    country: message.country,
    city: message.city,
    state: message.state,
    offer: message.offer,
    solutionValue: message.solutionValue,
    totalContractValue: message.totalContractValue,
    deployedIn: message.deployedIn,
    tenantId: message.tenantId,
    signedOn: message.signedOn,
    startsOn: message.startsOn,
    endsOn: message.endsOn,
    perpetual: message.perpetual,
    contact: message.contact,
  };
}
