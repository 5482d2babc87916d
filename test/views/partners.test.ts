import type { EventData } from '#lib/engine/model/message.js';
import { customers, PartnersOfTenant } from '#lib/views/customers.js';
import { offerStatus } from '#lib/views/offer-status.js';
import { contoso, established, northwind, publisherId, terminated } from '../domain/deal/fixtures.js';
import { asking } from '../support/asking.js';
import { recorded } from '../support/given.js';
import { enrolled } from '../support/offers.js';

const partners = (tenantId: string, ...history: readonly EventData[]) => {
  const relationship = recorded(`relationship-${publisherId}.${tenantId}`, history);
  const log = [...recorded('publisher-fabrikam', [enrolled]), ...relationship];
  return asking([customers, offerStatus], log).list(PartnersOfTenant, { tenantId: contoso });
};

describe('partners of a customer', () => {
  it('R62 are the publishers that it consented to', () => {
    const since = '2026-03-01T11:59:59.000Z';
    expect(partners(contoso, established())).toEqual([{ publisherId, name: 'Fabrikam, Inc.', since, revision: 0 }]);
    expect(partners(northwind, established(northwind))).toEqual([]);
  });

  it('R94 are not those whose relationship was terminated, until it is established again', () => {
    expect(partners(contoso, established(), terminated())).toEqual([]);
    expect(partners(contoso, established(), terminated(), established())).toMatchObject([{ publisherId, revision: 2 }]);
  });
});
