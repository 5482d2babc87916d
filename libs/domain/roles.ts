/** Who may act. A role names its scope first where the same word exists on both sides. */
export const roles = [
  'admin',
  'marketplaceOperator',
  'auditor',
  'operator',
  'app',
  'publisher.owner',
  'publisher.manager',
  'publisher.globalAdmin',
  'publisher.accountAdmin',
  'publisher.developer',
  'publisher.referralsAdmin',
  'customer.globalAdmin',
  'customer.billingAdmin',
  'customer.licenseAdmin',
  'customer.userAdmin',
] as const;
export type Role = (typeof roles)[number];

/** May do everything of their publisher. */
const publisherAdmins = [
  'publisher.owner',
  'publisher.manager',
  'publisher.globalAdmin',
  'publisher.accountAdmin',
] as const satisfies readonly Role[];

/** Offer commands. */
export const offerRoles: readonly Role[] = [...publisherAdmins, 'publisher.developer'];
/** Deal, invitation, license and lead commands. */
export const dealRoles: readonly Role[] = [...publisherAdmins, 'publisher.referralsAdmin'];
/** Everyone who works for a publisher. */
export const publisherRoles: readonly Role[] = [...publisherAdmins, 'publisher.developer', 'publisher.referralsAdmin'];
/** May enter into a customer relationship for a tenant (R57). */
export const consentRoles: readonly Role[] = ['customer.billingAdmin', 'customer.globalAdmin'];
/** May give and take seats (R79). */
export const seatRoles: readonly Role[] = ['customer.globalAdmin', 'customer.licenseAdmin', 'customer.userAdmin'];
/** May say whose seats go when a license conflict is overdue. */
export const shrinkPolicyRoles: readonly Role[] = ['customer.globalAdmin', 'customer.licenseAdmin'];
/** Everyone who administers a tenant. */
export const customerRoles: readonly Role[] = [...seatRoles, 'customer.billingAdmin'];
/** Certify offers, review deals, enrol publishers. */
export const marketplaceRoles: readonly Role[] = ['marketplaceOperator'];
/** Read history; change nothing. */
export const auditRoles: readonly Role[] = ['auditor'];
/** Look after projections. */
export const operationRoles: readonly Role[] = ['operator', 'admin'];

/** The scope of a key with this role: one publisher, one tenant, or the installation. */
export function scopeOf(role: Role): 'publisher' | 'tenant' | 'installation' {
  if (role === 'app' || role.startsWith('publisher.')) return 'publisher';
  return role.startsWith('customer.') ? 'tenant' : 'installation';
}
