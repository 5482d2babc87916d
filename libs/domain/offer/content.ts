import { Flag, Nullable, Numeric, OneOf, Part, Parts, Text, Texts } from '#lib/engine/model/shape.js';

/** The pages of an offer and its plans: what is drafted, frozen by a submission (R18), and live. */

export const listingOptions = ['getItNow', 'freeTrial', 'contactMe'] as const;
export type ListingOption = (typeof listingOptions)[number];
export const licenseModels = ['resource', 'user'] as const;
export type LicenseModel = (typeof licenseModels)[number];

export class LicensingOptions {
  @Flag({ description: 'Licenses are managed through the marketplace (R10).' }) licenseManagement!: boolean;
  @Flag({ description: 'Allow customers to install my app even if licenses are not assigned (R11).' })
  freeInstall!: boolean;
  @Nullable() @OneOf(listingOptions) listingOption!: ListingOption | null;
  @Nullable() @Numeric() trialMonths!: number | null;
}

export class Properties {
  @Nullable() @Text({ example: 'Sales' }) category!: string | null;
}

export class Listing {
  @Nullable() @Text({ example: 'Fabrikam 365' }) name!: string | null;
  @Nullable() @Text({ description: 'Search results summary, one line.' }) summary!: string | null;
  @Nullable()
  @Text({ description: 'HTML of b, i, br, p, ul, ol, li and h1–h6, without attributes.' })
  description!: string | null;
  @Texts() keywords!: string[];
  @Nullable() @Text({ example: 'https://fabrikam.example/privacy' }) privacyUrl!: string | null;
  @Nullable() @Text({ example: 'https://fabrikam.example/help' }) helpUrl!: string | null;
  @Nullable() @Text({ example: 'https://fabrikam.example/support' }) supportUrl!: string | null;
  @Texts({ description: 'Addresses of pictures.' }) screenshots!: string[];
  @Texts({ description: 'Addresses of videos.' }) videos!: string[];
}

export class Availability {
  @Texts({ description: 'ISO 3166-1 alpha-2 codes, upper case.' }) markets!: string[];
}

export class TechnicalConfiguration {
  @Nullable() @OneOf(licenseModels) baseLicenseModel!: LicenseModel | null;
  @Nullable() @Text({ description: 'Address of the CRM package; a SAS URL may expire.' }) packageUrl!: string | null;
}

/** How a plan is named inside the solution package. */
export class PlanDefinition {
  @Text({ example: 'fabrikam.f365.gold' }) serviceId!: string;
  @Text({ example: 'Gold' }) displayName!: string;
  @Nullable() @Text({ example: 'https://fabrikam.example/gold' }) moreInfoUrl!: string | null;
}

/** A part of the app that is checked: a seat on any of its plans opens it. */
export class Component {
  @Text({ example: 'GoldApp' }) name!: string;
  @Texts() serviceIds!: string[];
}

export class SolutionPackage {
  @Parts(() => PlanDefinition) planDefinitions!: PlanDefinition[];
  @Parts(() => Component) components!: Component[];
}

export class Plan {
  @Text({ example: 'gold' }) planId!: string;
  @Text({ example: 'Gold' }) name!: string;
  @Nullable() @Text() description!: string | null;
  @Flag({ description: 'Neither stopped nor asked to stop (R25).' }) onSale!: boolean;
}

/** Null: the page was never saved. Plans are in the order of their creation. */
export class Content {
  @Nullable() @Part(() => LicensingOptions) offerSetup!: LicensingOptions | null;
  @Nullable() @Part(() => Properties) properties!: Properties | null;
  @Nullable() @Part(() => Listing) listing!: Listing | null;
  @Nullable() @Part(() => Availability) availability!: Availability | null;
  @Nullable() @Part(() => TechnicalConfiguration) technicalConfiguration!: TechnicalConfiguration | null;
  @Nullable() @Part(() => SolutionPackage) package!: SolutionPackage | null;
  @Parts(() => Plan) plans!: Plan[];
}

/** Chosen (R10); plans and a package count only then. */
export function hasLicenseManagement({ offerSetup }: Content): boolean {
  return offerSetup?.licenseManagement === true;
}

export const emptyContent: Content = {
  offerSetup: null,
  properties: null,
  listing: null,
  availability: null,
  technicalConfiguration: null,
  package: null,
  plans: [],
};
