import type { Owner } from '#lib/engine/model/aggregate.js';

/** A world small enough that everything meets. */
export const publisherIds = ['fabrikam', 'contoso'];
export const offerKeys = ['fabrikam.f365', 'fabrikam.crm', 'contoso.erp'];
export const planIds = ['gold', 'silver', 'bronze', 'basic'];
export const tenantIds = [1, 2, 3].map((n) => `${n}0000000-0000-4000-8000-000000000000`);
export const personIds = ['ada', 'grace', 'alan', 'edsger', 'barbara', 'tony'];
export const contactIds = ['buyer', 'lawyer', 'partner'];

/** A command as it might be sent; which role of that publisher or tenant sends it is drawn afterwards. */
export interface Wish {
  readonly name: string;
  readonly input: object;
  readonly of: Owner;
  /** What it makes gets this ID; undefined: one that nothing has yet. */
  readonly id?: string | undefined;
}
