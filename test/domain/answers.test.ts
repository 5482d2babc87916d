import type { Aggregate, Context, Facts, Owner } from '#lib/engine/model/aggregate.js';
import type { Actor } from '#lib/engine/model/envelope.js';
import { event, type EventData, type MessageClass } from '#lib/engine/model/message.js';
import { faultOf } from '#lib/engine/schema.js';
import { deciders } from '#lib/domain/deciders.js';
import { CustomerInvited } from '#lib/domain/invitation/messages.js';
import { given, recorded, system } from '../support/given.js';
import {
  chosen,
  complete,
  configured,
  created,
  enrolled,
  goneLive,
  inPreview,
  licenseManagement,
  live,
  offer,
  publisherStreams,
  technicalConfiguration,
} from '../support/offers.js';
import { settings } from '../support/settings.js';
import { complete as dealForm, contoso, inOrder, registered, update } from './deal/fixtures.js';
import { input as lead } from './lead/fixtures.js';
import { assigned, people, resized } from './seat-pool/fixtures.js';

interface Example {
  readonly input: object;
  readonly history?: readonly EventData[];
  readonly streams?: Readonly<Record<string, readonly EventData[]>>;
  readonly actor?: Actor;
  readonly caller?: Owner;
}

const invitationId = 'id-of-invitation';
const secret = settings.invitationSecret(invitationId);
const invited = event(CustomerInvited, {
  publisherId: 'fabrikam',
  dealId: 'deal-1',
  invitationId,
  tokenHash: settings.hashSecret(secret),
  expiresAt: '2026-05-30T12:00:00.000Z',
});
const soon = 'https://fabrikam.example/f365.zip?se=2026-03-02T12%3A00%3A00Z';
const soonExpired = configured({ ...technicalConfiguration, packageUrl: soon });
const freeTrial = {
  licenseManagement: false,
  freeInstall: false,
  listingOption: 'freeTrial',
  trialMonths: 3,
} as const;
const seated = [resized(0, 3, 3), assigned('ann')];

/** At least one successful example of each command that answers or previews something. */
const examples: Readonly<Record<string, readonly Example[]>> = {
  CreateOffer: [
    {
      input: { publisherId: 'fabrikam', offerId: 'f365', alias: 'Fabrikam 365' },
      streams: { 'publisher-fabrikam': [enrolled] },
    },
  ],
  ConnectLeadDestination: [
    { input: { publisherId: 'fabrikam', url: 'https://fabrikam.example/leads' }, history: [enrolled] },
  ],
  SubmitLead: [
    { input: lead, streams: { [`offer-${offer}`]: live } },
    {
      input: { ...lead, kind: 'freeTrial' },
      streams: { [`offer-${offer}`]: [...complete, chosen(freeTrial), ...goneLive('s1')] },
    },
  ],
  CreatePlan: [{ input: { offer, planId: 'gold', name: 'Gold' }, history: [created, chosen(licenseManagement)] }],
  PublishOffer: [
    { input: { offer }, history: complete, streams: publisherStreams },
    { input: { offer }, history: [...complete, soonExpired], streams: publisherStreams },
  ],
  GoLive: [{ input: { offer, submissionId: 's1' }, history: [...complete, ...inPreview('s1')] }],
  StopDistribution: [{ input: { offer }, history: live }],
  StartDeal: [{ input: { publisherId: 'fabrikam', ...dealForm }, streams: inOrder }],
  UpdateLicenses: [
    { input: update({ gold: 30, silver: 2 }), history: registered(), streams: inOrder },
    {
      input: update({ gold: 1 }),
      history: registered(),
      streams: {
        ...inOrder,
        [`seatPool-${contoso}.${offer}.gold`]: [
          resized(0, 3, 3, 'deal-2'),
          ...['ann', 'bob', 'eve'].map((person) => assigned(person)),
          resized(3, 0, 4, 'deal-2'),
        ],
      },
    },
  ],
  InviteCustomer: [{ input: { dealId: 'deal-1' }, streams: { ...inOrder, 'deal-deal-1': registered() } }],
  AcceptInvitation: [
    {
      input: { token: `${invitationId}.${secret}`, organizationName: 'Contoso', country: 'US' },
      history: [invited],
      actor: { ...system, kind: 'user', role: 'customer.billingAdmin' },
      caller: { tenantId: contoso },
    },
  ],
  AssignSeats: [
    { input: people('bob'), history: seated },
    { input: people('ann'), history: seated },
    { input: people('ann', 'bob', 'eve', 'mia', 'Not An ID'), history: seated },
  ],
  UnassignSeats: [
    { input: people('ann', 'bob'), history: seated },
    { input: people('bob'), history: seated },
  ],
};

const handlings = deciders.flatMap((decider) => decider.handles.map((handles) => ({ decider, handles })));
const speaking = handlings.filter(({ handles: { command } }) => command.answers ?? command.previews);

describe('every command', () => {
  it('declares the class of what it answers, and of what its dry run shows', () => {
    const undeclared = handlings.filter(
      ({ handles: { command, answer, unchanged, preview } }) =>
        Boolean(answer ?? unchanged) !== Boolean(command.answers) || Boolean(preview) !== Boolean(command.previews),
    );
    expect(undeclared.map(({ handles }) => handles.command.type)).toEqual([]);
  });

  it.each(speaking.map(({ handles }) => [handles.command.type, handles] as const))(
    '%s answers as it declares, or nothing, where it left no event',
    (type, { command, answer, unchanged }) => {
      const body = unchanged ? {} : (answer?.([], examples[type]?.[0]?.input ?? {}, settings) ?? {});
      if (JSON.stringify(body) !== '{}') expect(command.answers && faultOf(command.answers, body)).toBeNull();
    },
  );

  it.each(speaking.map((one) => [one.handles.command.type, one] as const))('%s keeps to them', (type, one) => {
    const ways = examples[type] ?? [];
    expect(ways.length).toBeGreaterThan(0);
    expect(ways.flatMap((example) => faultsIn(one, example))).toEqual([]);
  });
});

/** Carries a command out, and dry, and says where its answers are not as declared. */
function faultsIn({ decider, handles }: (typeof handlings)[number], example: Example): string[] {
  const { command, stream, answer, unchanged, preview } = handles;
  const { input, history = [], streams = {}, caller = { installation: true }, actor = system } = example;
  const { decided, context } = given(decider, history, { streams, caller, actor }).when(command, input);
  if (!isEvents(decided)) throw new Error(`Refused: ${JSON.stringify(decided)}`);
  const name = stream(input, { newId: (purpose) => `id-of-${purpose}`, caller });
  const state: unknown = stateOf(decider, name, history);
  const bodies: [MessageClass | undefined, unknown][] = [
    [
      command.answers,
      (decided.length === 0 ? unchanged?.(state, input, context) : null) ??
        answer?.(recorded(name, decided, history.length), input, settings),
    ],
    [command.previews, preview?.answer(state, input, withFacts(context, preview.facts(input, state), streams))],
  ];
  return bodies.flatMap(([declared, body]) => (declared && faultOf(declared, body)) ?? []);
}

function isEvents(decided: unknown): decided is readonly EventData[] {
  return Array.isArray(decided);
}

/** What a dry run's answer is told: what the decision was, and more. */
function withFacts(context: Context, asked: Facts, streams: Example['streams']): Context {
  const more = Object.entries(asked).map(([name, { aggregate, stream }]) => {
    return [name, stateOf(aggregate, stream, streams?.[stream] ?? [])] as const;
  });
  return { ...context, facts: { ...(context.facts as object), ...Object.fromEntries(more) } };
}

function stateOf(aggregate: Aggregate, stream: string, history: readonly EventData[]): unknown {
  return recorded(stream, history).reduce((state, past) => aggregate.evolve(state, past), aggregate.initial());
}
