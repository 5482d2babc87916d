import { event } from '#lib/engine/model/message.js';
import type { Listing, SolutionPackage } from '#lib/domain/offer/content.js';
import { offer as decider } from '#lib/domain/offer/offer.js';
import {
  AvailabilitySaved,
  PropertiesSaved,
  ChooseLicensingOptions,
  RegisterPackage,
  SaveAvailability,
  SaveListing,
  SaveProperties,
  SaveTechnicalConfiguration,
} from '#lib/domain/offer/pages-messages.js';
import { given } from '../../support/given.js';
import {
  configured,
  created,
  licenseManagement,
  listed,
  listing,
  offer,
  pages,
  registered,
  solutionPackage,
  technicalConfiguration,
} from '../../support/offers.js';

const named = { publisherId: 'fabrikam', offer };
const categorizedAs = (category: string | null) => event(PropertiesSaved, { ...named, category });
const availableIn = (...markets: string[]) => event(AvailabilitySaved, { ...named, markets });
const empty: Listing = {
  name: null,
  summary: null,
  description: null,
  keywords: [],
  privacyUrl: null,
  helpUrl: null,
  supportUrl: null,
  screenshots: [],
  videos: [],
};

describe('SaveListing', () => {
  const saving = (change: Partial<Listing>) =>
    given(decider, [created]).when(SaveListing, { offer, ...listing, ...change });
  const https = (count: number) => Array.from({ length: count }, (_, index) => `https://fabrikam.example/${index}`);

  it('R19 accepts a page on which everything is missing', () => {
    saving(empty).then(listed(empty));
  });

  it.each([
    ['name', 200],
    ['summary', 100],
    ['description', 5_000],
  ] as const)('R17 accepts a %s of %d code points and refuses one more', (field, limit) => {
    saving({ [field]: '🟦'.repeat(limit) }).then(listed({ ...listing, [field]: '🟦'.repeat(limit) }));
    saving({ [field]: '🟦'.repeat(limit + 1) }).refused({ code: 'LISTING_TEXT_TOO_LONG', pointer: `/${field}` });
  });

  it('R17 counts markup as part of the description', () => {
    saving({ description: `<p>${'a'.repeat(4_994)}</p>` }).refused({
      code: 'LISTING_TEXT_TOO_LONG',
      pointer: '/description',
    });
  });

  it.each([
    ['keywords', 3],
    ['screenshots', 5],
    ['videos', 4],
  ] as const)('R17 accepts as many %s as %d and refuses one more', (field, limit) => {
    saving({ [field]: https(limit) }).then(listed({ ...listing, [field]: https(limit) }));
    saving({ [field]: https(limit + 1) }).refused({ code: 'LISTING_TOO_MANY', pointer: `/${field}` });
  });

  it('R17 refuses a summary of two lines', () => {
    saving({ summary: 'one\ntwo' }).refused({ code: 'LISTING_SUMMARY_NOT_ONE_LINE', pointer: '/summary' });
  });

  it.each([
    '<p class="x">',
    '<script>',
    '<a href="https://x.example">',
    '1 < 2',
    '<b',
    '<p/onclick=x>',
    '<h7>',
    '<<b>script>',
    '</ p>',
  ])('R17 refuses the markup %s', (description) => {
    saving({ description }).refused({ code: 'LISTING_MARKUP_INVALID', pointer: '/description' });
  });

  it('R17 accepts every tag of the list', () => {
    const description = '<h1>a</h1><h6>b</h6><p>c<br>d<br/></p><ul><li><b>e</b></li></ul><ol><li><i>f</i></li></ol>';
    saving({ description }).then(listed({ ...listing, description }));
  });

  it('R16 R17 R19 refuses addresses that are not https, and help that is support', () => {
    saving({
      privacyUrl: 'http://fabrikam.example',
      helpUrl: 'https://fabrikam.example/help',
      supportUrl: 'https://fabrikam.example/help',
      screenshots: ['https://fabrikam.example/1.png', 'fabrikam.example'],
    }).refused(
      { code: 'LISTING_ADDRESS_INVALID', pointer: '/privacyUrl' },
      { code: 'LISTING_ADDRESS_INVALID', pointer: '/screenshots/1' },
      { code: 'LISTING_HELP_IS_SUPPORT', pointer: '/supportUrl' },
    );
  });
});

describe('a page that is saved as it is', () => {
  const saving = given(decider, pages);

  it('says nothing new', () => {
    saving.when(ChooseLicensingOptions, { offer, ...licenseManagement }).then();
    saving.when(SaveProperties, { offer, category: 'Sales' }).then();
    saving.when(SaveListing, { offer, ...listing }).then();
    saving.when(SaveAvailability, { offer, markets: ['SE', 'US'] }).then();
    saving.when(SaveTechnicalConfiguration, { offer, ...technicalConfiguration }).then();
    saving.when(RegisterPackage, { offer, ...solutionPackage }).then();
  });

  it('R18 is saved again with any difference', () => {
    saving.when(SaveProperties, { offer, category: 'Marketing' }).then(categorizedAs('Marketing'));
    saving.when(SaveAvailability, { offer, markets: ['US', 'SE'] }).then(availableIn('US', 'SE'));
    const reordered = { ...solutionPackage, components: [...solutionPackage.components].reverse() };
    saving.when(RegisterPackage, { offer, ...reordered }).then(registered(reordered));
  });
});

describe('SaveProperties and SaveAvailability', () => {
  it('R19 accepts pages on which everything is missing', () => {
    given(decider, [created]).when(SaveProperties, { offer, category: null }).then(categorizedAs(null));
    given(decider, [created]).when(SaveAvailability, { offer, markets: [] }).then(availableIn());
  });

  it('R16 accepts a category of the list and refuses another', () => {
    given(decider, [created]).when(SaveProperties, { offer, category: 'AI + ML' }).then(categorizedAs('AI + ML'));
    given(decider, [created])
      .when(SaveProperties, { offer, category: 'Games' })
      .refused({ code: 'CATEGORY_UNKNOWN', pointer: '/category' });
  });

  it('R16 accepts countries and refuses what is none, or there twice', () => {
    given(decider, [created])
      .when(SaveAvailability, { offer, markets: ['SE', 'US'] })
      .then(availableIn('SE', 'US'));
    given(decider, [created])
      .when(SaveAvailability, { offer, markets: ['SE', 'se', 'XX', 'SE'] })
      .refused(
        { code: 'MARKET_UNKNOWN', pointer: '/markets/1' },
        { code: 'MARKET_UNKNOWN', pointer: '/markets/2' },
        { code: 'MARKET_UNKNOWN', pointer: '/markets/3' },
      );
  });
});

describe('SaveTechnicalConfiguration', () => {
  const saving = (packageUrl: string | null) =>
    given(decider, [created]).when(SaveTechnicalConfiguration, { offer, baseLicenseModel: 'resource', packageUrl });

  it.each([
    null,
    'https://x.example/p.zip',
    'https://x.example/p?se=2020-01-01',
    'https://x.example/p?se=2020-01-01T00:00Z',
  ])('R15 R19 accepts %s, expired or not', (packageUrl) => {
    saving(packageUrl).then(configured({ baseLicenseModel: 'resource', packageUrl }));
  });

  it.each([
    '',
    'http://x.example/p',
    'https://',
    'https://x.example/a b',
    'https://u:p@x.example/',
    'https://x.example/p?se=soon',
  ])('R15 R19 refuses "%s"', (packageUrl) => {
    saving(packageUrl).refused({ code: 'PACKAGE_URL_INVALID', pointer: '/packageUrl' });
  });
});

describe('RegisterPackage', () => {
  const registering = (page: SolutionPackage) => given(decider, [created]).when(RegisterPackage, { offer, ...page });
  const definition = { serviceId: 'fabrikam.f365.gold', displayName: 'Gold', moreInfoUrl: null };

  it('R35 accepts a package, and one without plans and components', () => {
    registering(solutionPackage).then(registered(solutionPackage));
    registering({ planDefinitions: [], components: [] }).then(registered({ planDefinitions: [], components: [] }));
  });

  it('R35 refuses a package with everything that does not parse', () => {
    registering({
      planDefinitions: [definition, { ...definition, displayName: ' ', moreInfoUrl: 'ftp://x.example' }],
      components: [
        { name: 'GoldApp', serviceIds: ['fabrikam.f365.gold', 'fabrikam.f365.gold'] },
        { name: 'GoldApp', serviceIds: [] },
        { name: '', serviceIds: [] },
      ],
    }).refused(
      ...[
        '/planDefinitions/1/serviceId',
        '/planDefinitions/1/displayName',
        '/planDefinitions/1/moreInfoUrl',
        '/components/0/serviceIds/1',
        '/components/1/name',
        '/components/2/name',
      ].map((pointer) => ({ code: 'PACKAGE_INVALID', pointer })),
    );
  });

  it('R35 accepts names of 200 characters and refuses 201', () => {
    const ofLength = (length: number) => ({
      planDefinitions: [{ ...definition, displayName: 'd'.repeat(length) }],
      components: [{ name: 'c'.repeat(length), serviceIds: [] }],
    });
    registering(ofLength(200)).then(registered(ofLength(200)));
    registering(ofLength(201)).refused(
      { code: 'PACKAGE_INVALID', pointer: '/planDefinitions/0/displayName' },
      { code: 'PACKAGE_INVALID', pointer: '/components/0/name' },
    );
  });
});
