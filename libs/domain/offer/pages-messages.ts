import type { EventOf, HttpRoute } from '#lib/engine/model/message.js';
import { Text } from '#lib/engine/model/shape.js';
import { offerRoles } from '../roles.js';
import {
  Availability,
  LicensingOptions,
  Listing,
  Properties,
  SolutionPackage,
  TechnicalConfiguration,
} from './content.js';

/** A page is saved as a whole. Its fields are declared once, in `content.ts`. */
function page(path: string, summary: string): HttpRoute {
  return { route: `PUT /offers/{offer}/${path}`, by: offerRoles, summary };
}

export class ChooseLicensingOptions extends LicensingOptions {
  static readonly type = 'ChooseLicensingOptions';
  static readonly http = page('licensing-options', 'Choose license management, or one listing option.');
  @Text() offer!: string;
}

export class LicensingOptionsChosen extends LicensingOptions {
  static readonly type = 'LicensingOptionsChosen';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
}

export class SaveProperties extends Properties {
  static readonly type = 'SaveProperties';
  static readonly http = page('properties', 'Save the properties page.');
  @Text() offer!: string;
}

export class PropertiesSaved extends Properties {
  static readonly type = 'PropertiesSaved';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
}

export class SaveListing extends Listing {
  static readonly type = 'SaveListing';
  static readonly http = page('listing', 'Save the offer listing page.');
  @Text() offer!: string;
}

export class ListingSaved extends Listing {
  static readonly type = 'ListingSaved';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
}

export class SaveAvailability extends Availability {
  static readonly type = 'SaveAvailability';
  static readonly http = page('availability', 'Save the markets in which the offer is available.');
  @Text() offer!: string;
}

export class AvailabilitySaved extends Availability {
  static readonly type = 'AvailabilitySaved';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
}

export class SaveTechnicalConfiguration extends TechnicalConfiguration {
  static readonly type = 'SaveTechnicalConfiguration';
  static readonly http = page('technical-configuration', 'Save the base license model and the CRM package URL.');
  @Text() offer!: string;
}

export class TechnicalConfigurationSaved extends TechnicalConfiguration {
  static readonly type = 'TechnicalConfigurationSaved';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
}

export class RegisterPackage extends SolutionPackage {
  static readonly type = 'RegisterPackage';
  static readonly http = page('package', "Register the solution package's plan definitions and component mappings.");
  @Text() offer!: string;
}

export class PackageRegistered extends SolutionPackage {
  static readonly type = 'PackageRegistered';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
}

export const pageEvents = [
  LicensingOptionsChosen,
  PropertiesSaved,
  ListingSaved,
  AvailabilitySaved,
  TechnicalConfigurationSaved,
  PackageRegistered,
] as const;
export type PageEvent = EventOf<(typeof pageEvents)[number]>;
