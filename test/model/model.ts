import type { Owner } from '#lib/engine/model/aggregate.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { DealForm } from '#lib/domain/deal/form.js';
import type { LeadKind } from '#lib/domain/lead/status.js';
import type { Content } from '#lib/domain/offer/content.js';
import type { PersonData } from '#lib/domain/person/messages.js';
import type { Role } from '#lib/domain/roles.js';

/** What the plain model of the domain remembers: lists of plain things, from which every answer is worked out anew. */
export interface Model {
  now: string;
  readonly settings: ModelSettings;
  readonly publishers: ModelPublisher[];
  readonly offers: ModelOffer[];
  readonly deals: ModelDeal[];
  readonly invitations: ModelInvitation[];
  readonly relationships: ModelRelationship[];
  readonly pools: ModelPool[];
  readonly leads: ModelLead[];
  readonly people: ModelPerson[];
}

export interface ModelSettings {
  readonly autoCertify: boolean;
  readonly graceDays: number;
}

export interface ModelPublisher {
  readonly publisherId: string;
  isvConnect: boolean;
  /** Where leads are sent, and what they are signed with; beside the log. */
  destination: { readonly url: string; readonly secret: string } | null;
}

export interface ModelSubmission {
  readonly id: string;
  readonly content: Content;
  phase: 'certification' | 'attention' | 'preview' | 'signedOff';
  /** When a signed-off one goes live. */
  dueAt: string | null;
}

export interface ModelOffer {
  readonly key: string;
  readonly publisherId: string;
  draft: Content;
  readonly usedPlanIds: string[];
  /** Plans of every submission that was ever signed off to go live. */
  readonly signedOffPlanIds: string[];
  everSignedOff: boolean;
  submission: ModelSubmission | null;
  market: 'never' | 'live' | 'stopping' | 'stopped';
  live: { readonly id: string; readonly content: Content } | null;
  stopDueAt: string | null;
}

export interface ModelDeal {
  readonly id: string;
  readonly publisherId: string;
  status: 'Incomplete' | 'Update required' | 'Submitted' | 'Approved' | 'Declined';
  form: DealForm;
  customer: string | null;
  lines: { readonly planId: string; count: number }[];
}

export interface ModelInvitation {
  readonly id: string;
  readonly publisherId: string;
  readonly dealId: string;
  readonly expiresAt: string;
  status: 'pending' | 'accepted' | 'declined' | 'revoked' | 'expired';
}

export interface ModelRelationship {
  readonly publisherId: string;
  readonly tenantId: string;
  established: boolean;
  terminatedAt: string;
}

export interface ModelPool {
  readonly publisherId: string;
  readonly tenantId: string;
  readonly serviceId: string;
  /** In the order in which they were given. */
  seats: string[];
  policy: 'keep' | 'newestFirst' | 'oldestFirst';
  /** `overdue` as soon as anything is written down after the deadline, be the timer late. */
  conflict: { readonly dueAt: string; overdue: boolean; timerFired: boolean } | null;
  /** The total as it was when the seats were last looked at. */
  lastTotal: number;
  graceEndsAt: string | null;
}

export interface ModelLead {
  readonly id: string;
  readonly publisherId: string;
  readonly kind: LeadKind;
  /** When nobody has answered until then; null: it needs no answer. */
  readonly expiresAt: string | null;
  status: 'submitted' | 'accepted' | 'declined' | 'expired' | 'won' | 'lost';
}

export interface ModelPerson {
  /** The tenant or publisher whose person it is. */
  readonly scope: string;
  readonly personId: string;
  erased: boolean;
  /** What the directory holds of them, beside the log. */
  data: PersonData | null;
}

/** Who asks, and the ID that whatever the command makes gets. */
export interface Asked {
  readonly role: Role | 'system' | 'anonymous';
  readonly caller: Owner;
  readonly id: string;
}

/** `done`, or the code of the first broken rule. */
export type Verdict = string;

/** What the model says of one command; who else sends it is refused with `denied`. */
export interface Rule {
  readonly command: CommandClass;
  readonly by: readonly string[] | 'anyone';
  readonly denied: string;
  predict(model: Model, input: object, asked: Asked): Verdict;
}

export function rule<C extends object>(
  command: CommandClass<C>,
  by: readonly string[] | 'anyone',
  predict: (model: Model, input: C, asked: Asked) => Verdict,
  denied = 'FORBIDDEN',
): Rule {
  // Whoever sends a command sends the fields that it declares.
  return { command, by, denied, predict: (model, input, asked) => predict(model, input as C, asked) };
}

/** The code of the first thing that is wrong, in the order given; else what `act` does is done. */
export function unless(wrong: readonly (readonly [boolean | undefined, string])[], act: () => void): Verdict {
  const broken = wrong.find(([isBroken]) => isBroken === true);
  if (!broken) act();
  return broken ? broken[1] : 'done';
}

export function emptyModel(now: string, settings: ModelSettings): Model {
  return {
    now,
    settings,
    publishers: [],
    offers: [],
    deals: [],
    invitations: [],
    relationships: [],
    pools: [],
    leads: [],
    people: [],
  };
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

export function after(instant: string, ms: number): string {
  return new Date(Date.parse(instant) + ms).toISOString();
}

export const isShort = (text: string, most: number): boolean => text.length >= 1 && text.length <= most;
export const isPersonId = (text: string): boolean => /^[a-z0-9_-]{1,64}$/.test(text);
export const publisherStaff = ['publisher.owner', 'publisher.developer'];
export const dealStaff = ['publisher.owner', 'publisher.referralsAdmin'];
export const seatStaff = ['customer.globalAdmin', 'customer.licenseAdmin', 'customer.userAdmin'];
export const operator = ['marketplaceOperator'];
