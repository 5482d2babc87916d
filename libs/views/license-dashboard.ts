import type { HttpRoute } from '#lib/engine/model/message.js';
import { ref, type DocRef, type Find, type View } from '#lib/engine/model/query.js';
import { Default, Nullable, Parts, Text, Whole } from '#lib/engine/model/shape.js';
import { publisherRoles } from '#lib/domain/roles.js';
import {
  countriesIn,
  licenseDashboardProjection,
  monthsUpTo,
  mostMonths,
  nothing,
  type PastDoc,
  type PlanDoc,
} from './license-months.js';
import { plansProjection } from './plans.js';
import { answer } from './view.js';

/** What a month ended with, at its last instant in UTC; of the present month, what there is. */
export class LicensesOfMonth {
  @Text({ description: 'YYYY-MM', example: '2026-03' }) month!: string;
  @Whole() provisioned!: number;
  /** Seats in use; kept ones are not (R74). More than the licenses while a conflict is open (R73). */
  @Whole() assigned!: number;
}

export class LicensesOfCountry {
  /** Of the customers, as they stated it when they consented. */
  @Text({ description: 'ISO 3166-1 alpha-2', example: 'US' }) country!: string;
  @Whole() provisioned!: number;
  @Whole() assigned!: number;
}

export class LicensesOfMonthByCountry extends LicensesOfMonth {
  /** In order of the codes; countries that have nothing are left out. */
  @Parts(() => LicensesOfCountry) countries!: LicensesOfCountry[];
}

export class LicenseDashboard {
  static readonly type = 'LicenseDashboard';
  @Text() publisherId!: string;
  @Nullable() @Text({ description: 'Null: all plans together.' }) serviceId!: string | null;
  @Nullable() @Text() planName!: string | null;
  /** In order; the last is the present month. */
  @Parts(() => LicensesOfMonthByCountry) months!: LicensesOfMonthByCountry[];
}

export class PlanLicenses {
  static readonly type = 'PlanLicenses';
  @Text() offer!: string;
  @Text() planId!: string;
  @Text() serviceId!: string;
  @Nullable() @Text() planName!: string | null;
  /** In order; the last is the present month. */
  @Parts(() => LicensesOfMonth) months!: LicensesOfMonth[];
}

/** Licenses of a publisher's customers and what is used of them, month by month and country by country. */
export class LicensesByMonth {
  static readonly type = 'LicensesByMonth';
  static readonly answers = LicenseDashboard;
  static readonly http: HttpRoute = {
    route: 'GET /publishers/{publisherId}/license-dashboard',
    by: publisherRoles,
    summary: 'Licenses provisioned and assigned by month and country, of all plans or of one.',
  };
  @Text() publisherId!: string;
  @Default(null)
  @Nullable()
  @Text({ description: 'Of this plan only.', example: 'fabrikam.f365.gold' })
  serviceId!: string | null;
  /** How many, up to the present one. */
  @Default(12) @Whole({ from: 1, to: mostMonths }) months!: number;
}

/** The same plan by plan, each over all countries or in one. */
export class LicensesByPlan {
  static readonly type = 'LicensesByPlan';
  static readonly answers = PlanLicenses;
  static readonly http: HttpRoute = {
    route: 'GET /publishers/{publisherId}/license-dashboard/plans',
    by: publisherRoles,
    summary: 'Licenses provisioned and assigned by plan and month, in all countries or in one.',
  };
  @Text() publisherId!: string;
  @Default(null)
  @Nullable()
  @Text({ maxLength: 2, description: 'Of customers in this country only.', example: 'US' })
  country!: string | null;
  /** How many, up to the present one. */
  @Default(12) @Whole({ from: 1, to: mostMonths }) months!: number;
}

const publisherRef = (publisherId: string) => ref(licenseDashboardProjection, 'publisher', publisherId);
const planRef = (serviceId: string) => ref(licenseDashboardProjection, 'plan', serviceId);
const pastRef = (key: string): DocRef<PastDoc> => ref(licenseDashboardProjection, 'past', key);
const nameRef = (serviceId: string) => ref(plansProjection, 'plan', serviceId);

type Countries = ReturnType<typeof countriesIn>;

function sumOf(countries: Countries): { provisioned: number; assigned: number } {
  let [provisioned, assigned] = [0, 0];
  for (const counts of Object.values(countries)) {
    provisioned += counts.provisioned;
    assigned += counts.assigned;
  }
  return { provisioned, assigned };
}

function inOrder(countries: Countries): LicensesOfCountry[] {
  return Object.entries(countries)
    .map(([country, counts]) => ({ country, ...counts }))
    .sort((a, b) => (a.country < b.country ? -1 : 1));
}

export const licenseDashboard: View = {
  projection: licenseDashboardProjection,
  queries: [
    answer.one({
      query: LicensesByMonth,
      rounds: [
        ({ publisherId, serviceId }) =>
          serviceId === null
            ? [publisherRef(publisherId), pastRef(publisherId)]
            : [planRef(serviceId), pastRef(serviceId), nameRef(serviceId)],
      ],
      compose({ publisherId, serviceId, months }, docs, { now }): LicenseDashboard | null {
        const plan = serviceId === null ? null : docs.get(nameRef(serviceId));
        if (plan !== null && plan?.publisherId !== publisherId) return null;
        const present = docs.get(serviceId === null ? publisherRef(publisherId) : planRef(serviceId));
        const past = docs.get(pastRef(serviceId ?? publisherId));
        return {
          publisherId,
          serviceId,
          planName: plan?.name ?? null,
          months: monthsUpTo(now, months).map((month) => {
            const countries = countriesIn(month, present, past);
            return { month, ...sumOf(countries), countries: inOrder(countries) };
          }),
        };
      },
    }),
    answer.list({
      query: LicensesByPlan,
      find: ({ publisherId }): Find<PlanDoc> => ({
        view: licenseDashboardProjection,
        kind: 'plan',
        where: { publisherId: { eq: publisherId } },
        orderBy: 'serviceId',
      }),
      rows: [({ serviceId }) => [pastRef(serviceId), nameRef(serviceId)]],
      compose({ offer, planId, serviceId, ...present }, { country, months }, docs, { now }): PlanLicenses {
        const past = docs.get(pastRef(serviceId));
        return {
          offer,
          planId,
          serviceId,
          planName: docs.get(nameRef(serviceId))?.name ?? null,
          months: monthsUpTo(now, months).map((month) => {
            const countries = countriesIn(month, present, past);
            const wanted = country === null ? countries : { [country]: countries[country] ?? nothing };
            return { month, ...sumOf(wanted) };
          }),
        };
      },
      filters: ['offer', 'serviceId'],
    }),
  ],
};
