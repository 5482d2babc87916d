import type { EventOf, HttpRoute } from '#lib/engine/model/message.js';
import { Default, Flag, Instant, Nullable, OneOf, Text } from '#lib/engine/model/shape.js';
import { personLimits } from '../person/messages.js';
import { dealRoles } from '../roles.js';
import { leadKinds, leadOutcomes, type LeadKind } from './status.js';

/** What the visitor gets. */
export class SubmittedLead {
  static readonly type = 'SubmittedLead';
  @Text() leadId!: string;
  @Text({ example: 'AppSource-PLT|fabrikam.f365' }) source!: string;
  @Nullable()
  @Text({ description: 'Where to go on with an installation or a free trial (R46); null: the publisher answers.' })
  installAddress!: string | null;
}

const upTo = (characters: number): string => `1 to ${characters} characters.`;

/** A visitor uses a button of a listing. What names them goes to the publisher's directory of people (R43). */
export class SubmitLead {
  static readonly type = 'SubmitLead';
  static readonly http: HttpRoute = {
    route: 'POST /storefront/offers/{offer}/leads',
    by: 'anyone',
    status: 201,
    limitedBy: 'address',
    summary: 'Ask the publisher of an offer to be contacted, to install it, or for a free trial.',
  };
  static readonly answers = SubmittedLead;
  static readonly personal = [
    'firstName',
    'lastName',
    'email',
    'phone',
    'country',
    'company',
    'title',
    'comments',
  ] as const;
  @Text({ example: 'fabrikam.f365' }) offer!: string;
  @OneOf(leadKinds) kind!: LeadKind;
  @Text({ description: upTo(personLimits.firstName), example: 'Ada' }) firstName!: string;
  @Text({ description: upTo(personLimits.lastName), example: 'Lovelace' }) lastName!: string;
  @Text({ description: `E-mail address, at most ${personLimits.email} characters.`, example: 'ada@contoso.example' })
  email!: string;
  @Text({ description: 'ISO 3166-1 alpha-2 code.', example: 'GB' }) country!: string;
  @Text({ description: upTo(personLimits.company), example: 'Contoso' }) company!: string;
  @Default(null) @Nullable() @Text({ description: upTo(personLimits.phone) }) phone!: string | null;
  @Default(null) @Nullable() @Text({ description: `Job title, ${upTo(personLimits.title)}` }) title!: string | null;
  @Default(null)
  @Nullable()
  @Text({ description: `Free text, ${upTo(personLimits.note)} Kept as the person's note.` })
  comments!: string | null;
  @Flag({ description: 'The visitor agrees that the publisher gets all this; refused unless true.' }) consent!: boolean;
}

/** What every event of a lead names. */
class LeadIds {
  @Text() publisherId!: string;
  @Text() leadId!: string;
}

/** Holds nothing of the visitor but an opaque ID in the publisher's directory (R95). */
export class LeadSubmitted extends LeadIds {
  static readonly type = 'LeadSubmitted';
  static readonly v = 1;
  @Text() offer!: string;
  @OneOf(leadKinds) kind!: LeadKind;
  @Text() source!: string;
  @Text() personId!: string;
  /** Null: it needs no answer (R46). */
  @Nullable() @Instant() answerDueAt!: string | null;
}

/** The publisher takes a contact lead on (R45). */
export class AcceptLead {
  static readonly type = 'AcceptLead';
  static readonly http: HttpRoute = {
    route: 'POST /leads/{leadId}/accept',
    by: dealRoles,
    summary: 'Accept a contact lead before its deadline.',
  };
  @Text() leadId!: string;
}

export class LeadAccepted extends LeadIds {
  static readonly type = 'LeadAccepted';
  static readonly v = 1;
}

/** The publisher turns a contact lead down (R45). */
export class DeclineLead {
  static readonly type = 'DeclineLead';
  static readonly http: HttpRoute = {
    route: 'POST /leads/{leadId}/decline',
    by: dealRoles,
    summary: 'Decline a contact lead before its deadline.',
  };
  @Text() leadId!: string;
}

export class LeadDeclined extends LeadIds {
  static readonly type = 'LeadDeclined';
  static readonly v = 1;
}

/** What became of an accepted lead (R45). */
export class CloseLead {
  static readonly type = 'CloseLead';
  static readonly http: HttpRoute = {
    route: 'POST /leads/{leadId}/close',
    by: dealRoles,
    summary: 'Close an accepted lead as won or lost.',
  };
  @Text() leadId!: string;
  @OneOf(leadOutcomes) outcome!: (typeof leadOutcomes)[number];
}

export class LeadWon extends LeadIds {
  static readonly type = 'LeadWon';
  static readonly v = 1;
}

export class LeadLost extends LeadIds {
  static readonly type = 'LeadLost';
  static readonly v = 1;
}

/** Writes down that nobody answered in time (R45). Only for its timer. */
export class ExpireLead {
  static readonly type = 'ExpireLead';
  @Text() leadId!: string;
}

export class LeadExpired extends LeadIds {
  static readonly type = 'LeadExpired';
  static readonly v = 1;
}

export const leadEvents = [LeadSubmitted, LeadAccepted, LeadDeclined, LeadWon, LeadLost, LeadExpired] as const;
export type LeadEvent = EventOf<(typeof leadEvents)[number]>;
