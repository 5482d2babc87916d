import { roles, scopeOf } from '#lib/domain/roles.js';

it('a role reaches one publisher, one tenant or the installation', () => {
  expect(Object.fromEntries(roles.map((role) => [role, scopeOf(role)]))).toEqual({
    admin: 'installation',
    marketplaceOperator: 'installation',
    auditor: 'installation',
    operator: 'installation',
    app: 'publisher',
    'publisher.owner': 'publisher',
    'publisher.manager': 'publisher',
    'publisher.globalAdmin': 'publisher',
    'publisher.accountAdmin': 'publisher',
    'publisher.developer': 'publisher',
    'publisher.referralsAdmin': 'publisher',
    'customer.globalAdmin': 'tenant',
    'customer.billingAdmin': 'tenant',
    'customer.licenseAdmin': 'tenant',
    'customer.userAdmin': 'tenant',
  });
});
