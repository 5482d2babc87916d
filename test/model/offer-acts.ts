import { licenseManagement, listing } from '../support/offers.js';
import { offerKeys, planIds, publisherIds, type Wish } from './cast.js';
import type { Chance } from '#lib/histories/chance.js';
import { after, dayMs, hourMs, type Model, type ModelOffer } from './model.js';

const report = [{ check: 'Policy 1140', detail: 'It does not start.', whatToDo: 'Mend it.' }];

/** Towards an offer that is live, and then around it. */
export function offerAct(model: Model, chance: Chance): Wish {
  const missing = publisherIds.find((id) => !model.publishers.some(({ publisherId }) => publisherId === id));
  if (missing && chance.is(70)) {
    const publisherId = chance.is(95) ? missing : 'Not a publisher';
    return { name: 'EnrollPublisher', input: { publisherId, name: 'Publisher' }, of: {} };
  }
  const unconnected = model.publishers.find(({ isvConnect }) => !isvConnect);
  if (unconnected && chance.is(30)) {
    return { name: 'EnrollInIsvConnect', input: { publisherId: unconnected.publisherId }, of: {} };
  }
  const key = chance.is(60) ? 'fabrikam.f365' : chance.of(...offerKeys);
  const offer = model.offers.find((one) => one.key === key);
  const [publisherId = '', offerId = ''] = key.split('.');
  if (!offer || chance.is(1)) {
    const wrong = chance.of(
      offerId,
      'With Space',
      'x'.repeat(39 - publisherId.length),
      'x'.repeat(40 - publisherId.length),
    );
    const input = { publisherId, offerId: chance.is(85) ? offerId : wrong, alias: chance.is(95) ? 'Blue' : '' };
    return { name: 'CreateOffer', input, of: { publisherId } };
  }
  const [name, input] = chance.is(65) ? sensible(model, offer, chance) : anyOf(model, offer, chance);
  const sender = chance.is(98) ? publisherId : chance.of(...publisherIds);
  return { name, input: { offer: chance.is(99) ? key : 'fabrikam.unknown', ...input }, of: { publisherId: sender } };
}

type Step = readonly [name: string, input: object];

/** The next step towards going live, as the story tells it. */
function sensible(model: Model, offer: ModelOffer, chance: Chance): Step {
  const { draft, submission, market } = offer;
  if (draft.offerSetup === null) return pageStep('options', model, offer, chance);
  if (draft.properties === null) return pageStep('properties', model, offer, chance);
  if (draft.listing === null) return pageStep('listing', model, offer, chance);
  if (draft.availability === null) return pageStep('availability', model, offer, chance);
  if (draft.technicalConfiguration === null) return pageStep('technical', model, offer, chance);
  const undescribed = draft.plans.find(({ description }) => description === null);
  if (draft.offerSetup.licenseManagement) {
    if (draft.plans.length < 2) return planStep('CreatePlan', offer, chance);
    if (undescribed) {
      const { planId, name } = undescribed;
      return ['SavePlanListing', { planId, name, description: `The ${planId} plan` }];
    }
    const mapped = draft.package?.components.flatMap(({ serviceIds }) => serviceIds);
    if (!draft.plans.every(({ planId }) => mapped?.includes(`${offer.key}.${planId}`)))
      return pageStep('package', model, offer, chance);
  }
  const named = { submissionId: submission?.id ?? 'none' };
  const discards = submission?.phase === 'preview' || submission?.phase === 'attention';
  if (discards && market === 'live' && chance.is(30)) return ['StopDistribution', {}];
  switch (submission?.phase) {
    case 'certification':
      if (chance.is(85)) return ['CertifyOffer', { ...named, report: [] }];
      return chance.is(50) ? ['CancelPublish', {}] : ['RejectOffer', { ...named, report }];
    case 'preview':
      if (chance.is(5)) return ['GoLive', { submissionId: 'another' }];
      return chance.is(90) ? ['GoLive', named] : ['PublishOffer', {}];
    case 'attention':
      return ['PublishOffer', {}];
    case 'signedOff':
      return anyOf(model, offer, chance);
    case undefined:
      if (market === 'live' && chance.is(12)) return ['StopDistribution', {}];
      if (market === 'live') return chance.is(30) ? ['PublishOffer', {}] : anyOf(model, offer, chance);
      return ['PublishOffer', {}];
  }
}

/** Anything at all, right or wrong at its moment. */
function anyOf(model: Model, offer: ModelOffer, chance: Chance): Step {
  const { submission, draft } = offer;
  const submissionId = chance.is(85) ? (submission?.id ?? offer.live?.id ?? 'none') : 'another';
  const planId = chance.is(95) ? (chance.oneOf(draft.plans)?.planId ?? 'gold') : chance.of(...planIds);
  const act = chance.of<() => Step>(
    () => pageStep(chance.of(...pages), model, offer, chance),
    () => pageStep(chance.of(...pages), model, offer, chance),
    () => planStep('CreatePlan', offer, chance),
    () => planStep('SavePlanListing', offer, chance),
    () => ['DeletePlan', { planId }],
    () => ['StopPlan', { planId, typedPlanId: chance.is(90) ? planId : 'something' }],
    () => ['StopPlan', { planId, typedPlanId: planId }],
    () => ['ResumePlan', { planId }],
    () => ['ResumePlan', { planId }],
    () => ['PublishOffer', {}],
    () => ['CancelPublish', {}],
    () => ['CertifyOffer', { submissionId, report: chance.is(90) ? [] : [{ check: '', detail: 'D', whatToDo: 'W' }] }],
    () => ['RejectOffer', { submissionId, report: chance.is(85) ? report : [] }],
    () => ['GoLive', { submissionId }],
    () => ['CompleteGoLive', { submissionId }],
    () => [chance.is(40) ? 'StopDistribution' : 'PublishOffer', {}],
    () => ['CompleteStopDistribution', {}],
  );
  return act();
}

/** A plan with one of a few names, so that they meet. */
function planStep(name: 'CreatePlan' | 'SavePlanListing', { draft, usedPlanIds }: ModelOffer, chance: Chance): Step {
  const unused = planIds.find((id) => !usedPlanIds.includes(id)) ?? `plan-${usedPlanIds.length}`;
  const known = chance.oneOf(draft.plans)?.planId ?? 'gold';
  const right = name === 'CreatePlan' ? unused : known;
  const planId = chance.is(92) ? right : chance.of(known, 'Not a plan', 'x'.repeat(51), unused);
  const given = chance.is(90) ? planId : chance.of(' GOLD ', 'Silver', '', ' ');
  if (name === 'CreatePlan') return [name, { planId, name: given }];
  const description = chance.is(90) ? `About ${planId}` : chance.of(null, 'x'.repeat(3_000), 'x'.repeat(3_001));
  return [name, { planId, name: given, description }];
}

const pages = ['options', 'properties', 'listing', 'availability', 'technical', 'package'] as const;
type Page = (typeof pages)[number];

/** Saving a page: complete and right for the most part. */
function pageStep(page: Page, { now }: Model, { key, draft }: ModelOffer, chance: Chance): Step {
  const good = chance.is(85);
  switch (page) {
    case 'options':
      return [
        'ChooseLicensingOptions',
        good ? { ...licenseManagement, freeInstall: chance.is(50) } : oddOptions(chance),
      ];
    case 'properties':
      return ['SaveProperties', { category: good ? 'Sales' : chance.of('Sails', null, 'Finance') }];
    case 'listing':
      return ['SaveListing', { ...listing, ...(good ? { keywords: [`${chance.number(5)}`] } : oddListing(chance)) }];
    case 'availability':
      return ['SaveAvailability', { markets: good ? ['SE', 'US'] : chance.of(['us'], [], ['DE', 'DE'], ['DE']) }];
    case 'technical': {
      const address = 'https://fabrikam.example/package.zip';
      const expiry = encodeURIComponent(after(now, chance.of(0, 1, hourMs, dayMs)));
      const oddAddress = chance.of(
        null,
        `${address}?se=${expiry}`,
        `${address}?se=${expiry}`,
        'ftp://fabrikam.example',
      );
      const baseLicenseModel = good ? 'user' : chance.of('resource', null, 'user');
      return ['SaveTechnicalConfiguration', { baseLicenseModel, packageUrl: good ? address : oddAddress }];
    }
    case 'package': {
      const own = draft.plans.map(({ planId }) => `${key}.${planId}`);
      const serviceIds = good ? own : chance.of([...own, `${key}.unknown`], own.slice(1), [key, key]);
      const planDefinitions = own.map((serviceId) => ({ serviceId, displayName: 'Plan', moreInfoUrl: null }));
      return ['RegisterPackage', { planDefinitions, components: [{ name: 'App', serviceIds }] }];
    }
  }
}

function oddOptions(chance: Chance): object {
  const off = { licenseManagement: false, freeInstall: false, listingOption: 'contactMe', trialMonths: null };
  return chance.of<object>(
    { ...licenseManagement, listingOption: 'getItNow' },
    { ...off, listingOption: null },
    { ...off, listingOption: 'freeTrial', trialMonths: chance.of(1, 2, 3, 6, null) },
    { ...off, freeInstall: true },
    { ...off, trialMonths: 1 },
    off,
    off,
  );
}

/** Something in a listing that is wrong, missing, or just right. */
function oddListing(chance: Chance): object {
  return chance.of<object>(
    { name: null },
    { name: 'x'.repeat(chance.of(200, 201)) },
    { summary: 'Two\nlines' },
    { summary: 'x'.repeat(chance.of(100, 101)) },
    { description: '<script>' },
    { helpUrl: listing.supportUrl },
    { privacyUrl: 'http://fabrikam.example' },
    { screenshots: [] },
    { screenshots: Array.from({ length: chance.of(5, 6) }, (_, n) => `https://fabrikam.example/${n}.png`) },
    { keywords: ['a', 'b', 'c', 'd'] },
  );
}
