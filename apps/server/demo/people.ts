import { Client } from './client.js';
import { tenantId } from './fabrikam.js';
import { created, type People } from './step.js';

/** Gives each person a key. */
export async function enroll(base: string, adminKey: string): Promise<People> {
  const seen = { position: null };
  const admin = new Client(base, adminKey, seen);
  const keyFor = async (scope: { role: string; publisherId?: string; tenantId?: string; personId?: string }) => {
    const { body } = created(await admin.post('/keys', { ...scope, label: `demo: ${scope.role}` }));
    return new Client(base, body.key, seen);
  };
  return {
    marketplace: await keyFor({ role: 'marketplaceOperator' }),
    publisher: await keyFor({ role: 'publisher.owner', publisherId: 'fabrikam' }),
    billingAdmin: await keyFor({ role: 'customer.billingAdmin', tenantId, personId: 'contoso-billing' }),
    licenseAdmin: await keyFor({ role: 'customer.licenseAdmin', tenantId, personId: 'contoso-licenses' }),
    app: await keyFor({ role: 'app', publisherId: 'fabrikam' }),
    visitor: new Client(base, null, seen),
  };
}
