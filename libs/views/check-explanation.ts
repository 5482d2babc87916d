import { addressOf } from '#lib/engine/model/envelope.js';
import { isOneOf, type HttpRoute } from '#lib/engine/model/message.js';
import type { EventsRef, PlacedEvent, Ref, Snapshot } from '#lib/engine/model/query.js';
import {
  Default,
  ExactlyOneOf,
  Nullable,
  OneOf,
  Part,
  Parts,
  TenantGuid,
  Text,
  Texts,
} from '#lib/engine/model/shape.js';
import { streams } from '#lib/domain/ids.js';
import { offerEvents } from '#lib/domain/offer/offer-messages.js';
import { auditRoles, customerRoles, operationRoles } from '#lib/domain/roles.js';
import { usageRightCodes, type UsageRight, type UsageRightCode } from '#lib/domain/usage-right.js';
import { behindPlan, decided, deciding, Deciding } from './deciding-step.js';
import { inOrder, labelsFor, Story, storyOf, type Telling } from './explained-events.js';
import { dealsOf, dealStories, isOfSeat, isTold, personStory, poolStory, relationshipStory } from './pool-story.js';
import { checkRounds, openedBy, rightOf, UsageRightAnswer, type Check } from './usage-rights.js';
import { answer } from './view.js';

/** Why a plan gave its code. */
export class PlanReason {
  @Text() serviceId!: string;
  @OneOf(usageRightCodes) code!: UsageRightCode;
  @Text() says!: string;
  @Texts({ description: 'The events that made it so, as `stream@revision`.' }) behind!: string[];
}

/** What a check answers, the step that decided it, and the events behind it. */
export class CheckExplanation extends Story {
  static readonly type = 'CheckExplanation';
  @Part(() => UsageRightAnswer) right!: UsageRightAnswer;
  @Part(() => Deciding) decidedBy!: Deciding;
  @Parts(() => PlanReason) reasons!: PlanReason[];
}

/** Why a check allowed a person, or did not: as an app of the offer's publisher would have been answered. */
@ExactlyOneOf('component', 'serviceId')
export class ExplainCheck {
  static readonly type = 'ExplainCheck';
  static readonly answers = CheckExplanation;
  static readonly http: HttpRoute = {
    route: 'GET /customers/{tenantId}/people/{personId}/checks/explanation',
    by: [...customerRoles, ...auditRoles, ...operationRoles],
    summary: 'Why a check allows a person, or does not: the step that decided, and the events behind it.',
    asOf: true,
  };
  @Text({ example: 'fabrikam.f365' }) offer!: string;
  @TenantGuid() tenantId!: string;
  @Text({ example: 'ada' }) personId!: string;
  @Default(null) @Nullable() @Text({ example: 'GoldApp' }) component!: string | null;
  @Default(null) @Nullable() @Text({ example: 'fabrikam.f365.gold' }) serviceId!: string | null;
}

const plansOf = (check: Check, docs: Snapshot): readonly string[] => openedBy(check, docs)?.serviceIds ?? [];

/** What of an offer's life decides which plans a component is mapped to. */
const ofMapping = ['PlanCreated', 'OfferSubmitted', 'GoLiveSignedOff', 'OfferWentLive'];
const offerStory = ({ offer }: Check): EventsRef => ({
  eventsOf: { stream: streams.offer(offer) },
  keep: ({ type }) => ofMapping.includes(type),
});

const relationshipOf = ({ offer, tenantId }: Check): EventsRef => relationshipStory({ tenantId, serviceId: offer });
const poolsOf = (check: Check, docs: Snapshot): readonly EventsRef[] =>
  plansOf(check, docs).map((serviceId) => poolStory({ ...check, serviceId }, check.personId));

function furtherOf(check: Check, docs: Snapshot): readonly EventsRef[] {
  const pools = poolsOf(check, docs).flatMap((story) => docs.events(story));
  return dealStories(dealsOf(pools), new Set(plansOf(check, docs)), docs.events(relationshipOf(check)));
}

const firstOf = (check: Check): readonly EventsRef[] => [
  offerStory(check),
  relationshipOf(check),
  personStory(check.tenantId, check.personId),
];

function eventsOf(check: Check, docs: Snapshot): readonly PlacedEvent[] {
  const stories = [...firstOf(check), ...poolsOf(check, docs), ...furtherOf(check, docs)];
  return inOrder(stories.flatMap((story) => docs.events(story)));
}

const [namesMapping, namesPools] = checkRounds;

export const explainCheck = answer.one({
  query: ExplainCheck,
  fromLog: true,
  rounds: [
    (check, docs, context): Ref[] => [...namesMapping(check, docs, context), ...firstOf(check)],
    (check, docs, context): Ref[] => [...namesPools(check, docs, context), ...poolsOf(check, docs)],
    furtherOf,
    (check, docs) => labelsFor(eventsOf(check, docs)),
  ],
  compose(check, docs, context): CheckExplanation {
    const right = rightOf(check, docs);
    const offer = docs.events(offerStory(check));
    const telling: Telling = {
      belongs: belonging(check, plansOf(check, docs), offer),
      isTold: (event) => isTold(event, context.caller),
    };
    return {
      right: { ...right, plans: right.plans.map((plan) => ({ ...plan })) },
      decidedBy: deciding(right, check, offer, (serviceId) =>
        docs.events(poolStory({ ...check, serviceId }, check.personId)),
      ),
      reasons: reasonsOf(right, check, docs),
      ...storyOf(eventsOf(check, docs), telling, docs, context),
    };
  },
});

/** Of the offer, how what is live went live, and how the plans came about; of pools, all but other persons' seats. */
function belonging(
  { personId }: Check,
  serviceIds: readonly string[],
  offer: readonly PlacedEvent[],
): Telling['belongs'] {
  const live = offer.findLast(({ type }) => type === 'OfferWentLive');
  const submission =
    live && isOneOf(offerEvents, live) && live.type === 'OfferWentLive' ? live.data.submissionId : null;
  return (event) => {
    if (isOneOf(offerEvents, event)) {
      if (event.type === 'PlanCreated') return serviceIds.includes(event.data.serviceId);
      return submission === null || ('submissionId' in event.data && event.data.submissionId === submission);
    }
    return isOfSeat(event, personId) || (event.type !== 'SeatAssigned' && event.type !== 'SeatUnassigned');
  };
}

function reasonsOf({ plans }: UsageRight, check: Check, docs: Snapshot): PlanReason[] {
  const relationship = docs.events(relationshipOf(check));
  return plans.map(({ serviceId, code }) => {
    const pool = docs.events(poolStory({ ...check, serviceId }, check.personId));
    return {
      serviceId,
      code,
      says: decided[code].says,
      behind: behindPlan(code, pool, relationship, check).map(addressOf),
    };
  });
}
