import type { Actor } from '#lib/engine/model/envelope.js';
import { event, type EventData } from '#lib/engine/model/message.js';
import { lead } from '#lib/domain/lead/decider.js';
import { LeadSubmitted, SubmitLead } from '#lib/domain/lead/messages.js';
import { poolFacts } from '#lib/domain/lead/offered.js';
import type { LeadKind } from '#lib/domain/lead/status.js';
import type { LicensingOptions } from '#lib/domain/offer/content.js';
import { offer as offers } from '#lib/domain/offer/offer.js';
import { personPut } from '#lib/domain/person/directory.js';
import { PersonErased } from '#lib/domain/person/messages.js';
import { seatPool } from '#lib/domain/seat-pool/decider.js';
import { SeatPoolResized } from '#lib/domain/seat-pool/messages.js';
import { given, recorded } from '../../support/given.js';
import {
  chosen,
  complete,
  goneLive,
  inPreview,
  leaving,
  left,
  licenseManagement,
  live,
  offer,
  plan,
} from '../../support/offers.js';
import { settings } from '../../support/settings.js';
import { input, leadId, submitted } from './fixtures.js';

const tenantId = '11111111-1111-4111-8111-111111111111';
const actorOf = (role: string): Actor => ({ kind: 'anonymous', id: role, role, personId: null });
const refusal = (code: string, pointer: string | null) => ({ code, pointer });
const notShown = refusal('LEAD_BUTTON_NOT_SHOWN', '/kind');
const notOnSale = refusal('LEAD_OFFER_NOT_ON_SALE', null);

interface Visit {
  readonly streams?: Readonly<Record<string, readonly EventData[]>>;
  readonly role?: string;
  readonly tenantId?: string;
  readonly now?: string;
}

function submit(sent: Partial<SubmitLead>, history: readonly EventData[] = live, visit: Visit = {}) {
  const { streams = {}, role = 'anonymous', now } = visit;
  return given(lead, [], {
    actor: actorOf(role),
    caller: visit.tenantId === undefined ? {} : { tenantId: visit.tenantId },
    streams: { [`offer-${offer}`]: history, ...streams },
    ...(now !== undefined && { now }),
  }).when(SubmitLead, { ...input, ...sent });
}

describe('SubmitLead', () => {
  it('R43 R95 puts the visitor into the publisher’s directory, and the event holds nothing of them but an ID', () => {
    const { decided, context, stream, then } = submit({});
    then(submitted());
    expect(stream).toBe(`lead-${leadId}`);
    const { firstName, lastName, email, country, company, phone, title, comments } = input;
    for (const text of [firstName, lastName, email, company, phone, title, comments]) {
      expect(JSON.stringify(decided)).not.toContain(text);
    }
    const handles = lead.handles.find(({ command }) => command === SubmitLead);
    const name = 'Ada Lovelace';
    expect(handles?.records?.(input, context)).toEqual([
      personPut('fabrikam', 'id-of-person', {
        name,
        firstName,
        lastName,
        email,
        phone,
        title,
        company,
        country,
        note: comments,
      }),
    ]);
  });

  it('R43 accepts what must be there alone, with the longest texts, and refuses a lead without consent', () => {
    submit({ phone: null, title: null, comments: null }).then(submitted());
    const longest = { firstName: '😀'.repeat(80), lastName: 'l'.repeat(80), email: `a@${'e'.repeat(252)}` };
    submit({ ...longest, company: 'c'.repeat(200), comments: 'o'.repeat(2_000) }).then(submitted());
    submit({ consent: false }).refused(refusal('LEAD_CONSENT_MISSING', '/consent'));
  });

  it('R43 refuses every field that is empty, too long, no address or no country, all at once and with the rest', () => {
    const at = (...fields: string[]) => fields.map((field) => refusal('LEAD_FIELD_INVALID', `/${field}`));
    const all = ['firstName', 'lastName', 'email', 'country', 'company', 'phone', 'title', 'comments'];
    submit(Object.fromEntries(all.map((field) => [field, '']))).refused(...at(...all));
    const long = { firstName: 'f'.repeat(81), lastName: 'l'.repeat(81), company: 'c'.repeat(201) };
    submit({
      ...long,
      email: 'ada',
      country: 'gb',
      comments: 'o'.repeat(2_001),
      consent: false,
      kind: 'install',
    }).refused(
      notShown,
      refusal('LEAD_CONSENT_MISSING', '/consent'),
      ...at('firstName', 'lastName', 'company', 'email', 'country', 'comments'),
    );
  });

  it('R45 R46 answers where to install, and when it is a contact lead nothing of the kind', () => {
    const handles = lead.handles.find(({ command }) => command === SubmitLead);
    const answer = (kind: LeadKind) =>
      handles?.answer?.(recorded(`lead-${leadId}`, [submitted(kind)]), input, settings);
    expect(answer('contact')).toEqual({ leadId, source: `AppSource-PLT|${offer}`, installAddress: null });
    const install = { leadId, source: `AppSource-INS|${offer}`, installAddress: 'https://install.example' };
    expect([answer('install'), answer('freeTrial')]).toEqual([install, install]);
  });

  it('R95 refuses to write a person down again who was erased', () => {
    const erased = event(PersonErased, { personId: 'id-of-person', publisherId: 'fabrikam', tenantId: null });
    submit({}, live, { streams: { 'person-fabrikam.id-of-person': [erased] } }).refused(refusal('PERSON_ERASED', null));
  });
});

describe('what is there', () => {
  const ownerOf = (history: readonly EventData[]) => {
    const handles = lead.handles.find(({ command }) => command === SubmitLead);
    const asked = handles?.facts?.(input, { status: 'none' }, { newId: String, caller: {} });
    const { aggregate, stream } = asked.offer as { aggregate: typeof lead; stream: string };
    const state = recorded(stream, history).reduce((s, e) => aggregate.evolve(s, e), aggregate.initial());
    return handles?.owner?.({ status: 'none' }, input, { offer: state });
  };

  it('R42 is there for everybody once it was live, and for nobody before', () => {
    expect([live, [...live, leaving(), left()]].map(ownerOf)).toEqual([{ installation: true }, { installation: true }]);
    expect([[], complete, [...complete, ...inPreview('s1')]].map(ownerOf)).toEqual([null, null, null]);
  });

  const due = '2026-03-01T16:00:00.000Z';
  it('R36 R42 accepts leads until a stop is due, and refuses them from then on', () => {
    submit({}, [...live, leaving(null, due)], { now: '2026-03-01T15:59:59.999Z' }).then(
      event(LeadSubmitted, { ...submitted().data, answerDueAt: '2026-03-15T15:59:59.999Z' }),
    );
    for (const now of [due, '2026-03-01T16:00:00.001Z'])
      submit({}, [...live, leaving(null, due)], { now }).refused(notOnSale);
    submit({}, [...live, leaving(), left()]).refused(notOnSale);
  });
});

const withOptions = (options: Partial<LicensingOptions>): readonly EventData[] => [
  ...complete,
  chosen({ ...licenseManagement, ...options }),
  ...goneLive('s1'),
];
const listingOf = (listingOption: LicensingOptions['listingOption']) =>
  withOptions({
    licenseManagement: false,
    listingOption,
    trialMonths: listingOption === 'freeTrial' ? 3 : null,
  });
const pool = (to: number) =>
  event(SeatPoolResized, {
    publisherId: 'fabrikam',
    offer,
    tenantId,
    serviceId: `${offer}.silver`,
    planId: 'silver',
    from: 0,
    to,
    dealId: 'd1',
    dealCount: to,
    dealRevision: 3,
  });
const holding = (to: number) => ({ tenantId, streams: { [`seatPool-${tenantId}.${offer}.silver`]: [pool(to)] } });
const admin = { tenantId, role: 'customer.userAdmin' };

it('R41 R96 whether a caller holds a license is told by the pools of the live plans, of the caller’s tenant', () => {
  const factsOf = (history: readonly EventData[], caller?: string) =>
    poolFacts(
      offer,
      recorded(`offer-${offer}`, history).reduce((s, e) => offers.evolve(s, e), offers.initial()),
      caller,
    );
  const pools = ['gold', 'silver', 'bronze'].map((planId) => [
    `pool ${planId}`,
    { aggregate: seatPool, stream: `seatPool-${tenantId}.${offer}.${planId}` },
  ]);
  expect(factsOf([...live, plan('platinum')], tenantId)).toEqual(Object.fromEntries(pools));
  expect(factsOf(live)).toEqual({});
  expect(factsOf(complete, tenantId)).toEqual({});
});

describe('R41 a lead comes of a button that is shown', () => {
  const free = withOptions({ freeInstall: true });
  it.each<[string, readonly EventData[], Visit, LeadKind[]]>([
    ['Get It Now', listingOf('getItNow'), {}, ['install']],
    ['Free trial', listingOf('freeTrial'), {}, ['freeTrial']],
    ['Contact Me', listingOf('contactMe'), {}, ['contact']],
    ['licenses managed, a visitor', live, {}, ['contact']],
    ['licenses managed, a tenant’s admin without license', live, admin, ['contact']],
    ['licenses managed, a tenant with a license', live, holding(5), ['contact', 'install']],
    ['licenses managed, a tenant whose licenses are gone', live, holding(0), ['contact']],
    ['free install, a visitor', free, {}, ['contact']],
    ['free install, a publisher', free, { role: 'publisher.owner' }, ['contact']],
    ['free install, a tenant’s admin', free, admin, ['contact', 'install']],
    ['free install, a tenant with a license', free, holding(5), ['contact', 'install']],
  ])('%s', (_case, history, visit, kinds) => {
    for (const kind of ['contact', 'install', 'freeTrial'] as const) {
      const decided = submit({ kind }, history, visit);
      if (kinds.includes(kind)) decided.then(submitted(kind));
      else decided.refused(notShown);
    }
  });
});
