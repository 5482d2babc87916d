import { emptyContent, type Content } from '#lib/domain/offer/content.js';
import { packageUrlExpiry, pagesOf } from '#lib/domain/offer/publishability.js';
import { licenseManagement, listing, solutionPackage, technicalConfiguration } from '../../support/offers.js';

const gold = { planId: 'gold', name: 'Gold', description: 'The gold plan', onSale: true };
const silver = { planId: 'silver', name: 'Silver', description: 'The silver plan', onSale: true };
const full: Content = {
  offerSetup: licenseManagement,
  properties: { category: 'Sales' },
  listing,
  availability: { markets: ['SE'] },
  technicalConfiguration,
  package: solutionPackage,
  plans: [gold, silver],
};
const names = ['offerSetup', 'properties', 'listing', 'availability', 'technicalConfiguration', 'plans'];
const pageOf = (change: Partial<Content>, page: string) =>
  pagesOf({ ...full, ...change }).find((one) => one.page === page);

describe('how far the pages of an offer are', () => {
  it('R16 R20 all are complete, the plans only with license management', () => {
    const complete = names.map((page) => ({ page, state: 'complete', missing: [] }));
    expect(pagesOf(full)).toEqual(complete);
    const contactMe = { ...licenseManagement, licenseManagement: false, listingOption: 'contactMe' } as const;
    expect(pagesOf({ ...full, offerSetup: contactMe, plans: [] })).toEqual(complete.slice(0, -1));
  });

  it('R16 nothing is started in a new one', () => {
    expect(pagesOf(emptyContent).map(({ page, state }) => [page, state])).toEqual(
      names.slice(0, -1).map((page) => [page, 'notStarted']),
    );
  });

  it('R16 a page that was saved is incomplete as long as something is missing, page by page', () => {
    const text = { name: ' ', summary: null, description: '', privacyUrl: null, helpUrl: null, supportUrl: null };
    const pages = pagesOf({
      offerSetup: licenseManagement,
      properties: { category: null },
      listing: { ...text, keywords: [], screenshots: [], videos: [] },
      availability: { markets: [] },
      technicalConfiguration: { baseLicenseModel: null, packageUrl: null },
      package: null,
      plans: [
        { ...gold, description: ' ' },
        { ...silver, description: null },
      ],
    });
    expect(pages.map(({ page, state }) => [page, state])).toEqual(
      names.map((page) => [page, page === 'offerSetup' ? 'complete' : 'incomplete']),
    );
    expect(pages.map(({ missing }) => missing)).toEqual([
      [],
      ['category'],
      [
        'name',
        'search results summary',
        'description',
        'privacy policy URL',
        'help URL',
        'support URL',
        'at least one screenshot',
      ],
      ['at least one market'],
      ['base license model', 'CRM package URL', 'registered solution package'],
      ['description of plan gold', 'description of plan silver'],
    ]);
  });

  it('R16 the technical configuration is started by a package as well', () => {
    const page = 'technicalConfiguration';
    const missing = ['base license model', 'CRM package URL'];
    expect(pageOf({ [page]: null }, page)).toEqual({ page, state: 'incomplete', missing });
    const unpacked = { page, state: 'incomplete', missing: ['registered solution package'] };
    expect(pageOf({ package: null }, page)).toEqual(unpacked);
  });

  it('R16 R25 of the plans, those on sale count', () => {
    const page = 'plans';
    const stopped = { ...silver, description: null, onSale: false };
    expect(pageOf({ plans: [gold, stopped] }, page)).toEqual({ page, state: 'complete', missing: [] });
    expect(pageOf({ plans: [stopped] }, page)).toEqual({ page, state: 'incomplete', missing: ['a plan on sale'] });
    expect(pageOf({ plans: [] }, page)).toEqual({ page, state: 'notStarted', missing: ['a plan on sale'] });
  });
});

describe('when the signature of the package URL ends', () => {
  it.each([
    [null, null],
    ['https://fabrikam.example/f365.zip', null],
    ['https://fabrikam.example/f365.zip?se=2027-03-01', '2027-03-01T00:00:00.000Z'],
    ['https://fabrikam.example/f365.zip?se=2027-03-01T13:00:00%2B01:00', '2027-03-01T12:00:00.000Z'],
    // A save refuses it (R19).
    ['https://fabrikam.example/f365.zip?se=soon', null],
  ])('R15 of %s is %s', (packageUrl, at) => {
    expect(packageUrlExpiry({ ...full, technicalConfiguration: { baseLicenseModel: 'user', packageUrl } })).toBe(at);
  });
});
