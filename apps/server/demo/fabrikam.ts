/** What the demo's publisher sells, as the source's examples have it. */
export const offer = 'fabrikam.f365';
export const tenantId = '4fd2773e-5b3a-4c0b-9a68-6f5d1f0e9c11';
export const plans = ['gold', 'silver', 'bronze'] as const;

export const listing = {
  name: 'Fabrikam 365',
  summary: 'Field service for people who repair things.',
  description: '<p>Plan visits, <b>repair</b>, bill.</p>',
  keywords: ['field service', 'repair'],
  privacyUrl: 'https://fabrikam.example/privacy',
  helpUrl: 'https://fabrikam.example/help',
  supportUrl: 'https://fabrikam.example/support',
  screenshots: ['https://fabrikam.example/screen-1.png'],
  videos: [],
};

export const licensingOptions = {
  licenseManagement: true,
  freeInstall: true,
  listingOption: null,
  trialMonths: null,
};

export const technicalConfiguration = {
  baseLicenseModel: 'user',
  packageUrl: 'https://fabrikam.example/package.zip',
};

/** GoldApp ← gold; SilverApp ← gold, silver; BronzeApp ← all three; HomeApp is not mapped. */
export const solutionPackage = {
  planDefinitions: plans.map((plan) => ({
    serviceId: `${offer}.${plan}`,
    displayName: titled(plan),
    moreInfoUrl: `https://fabrikam.example/${plan}`,
  })),
  components: [
    { name: 'GoldApp', serviceIds: [`${offer}.gold`] },
    { name: 'SilverApp', serviceIds: [`${offer}.gold`, `${offer}.silver`] },
    { name: 'BronzeApp', serviceIds: plans.map((plan) => `${offer}.${plan}`) },
  ],
};

/** What a publisher sends that has forgotten a plan. */
export function packageWithout(plan: string): object {
  const serviceId = `${offer}.${plan}`;
  return {
    planDefinitions: solutionPackage.planDefinitions.filter((definition) => definition.serviceId !== serviceId),
    components: solutionPackage.components.map(({ name, serviceIds }) => ({
      name,
      serviceIds: serviceIds.filter((id) => id !== serviceId),
    })),
  };
}

/** What a visitor fills in behind Contact Me. */
export const lead = {
  kind: 'contact',
  firstName: 'Alan',
  lastName: 'Turing',
  email: 'alan@northwind.example',
  country: 'GB',
  company: 'Northwind Traders',
  comments: 'Please call.',
  consent: true,
};

/** The deal's form; dates count from the day given. */
export function dealForm(today: string): object {
  return {
    company: 'Contoso',
    country: 'US',
    city: 'Redmond',
    state: 'Washington',
    offer,
    solutionValue: { amountMinor: 1_200_000, currency: 'USD' },
    totalContractValue: { amountMinor: 1_500_000, currency: 'USD' },
    deployedIn: 'customerTenant',
    tenantId,
    signedOn: today,
    startsOn: today,
    endsOn: null,
    perpetual: true,
    contact: 'contoso-buyer',
  };
}

export function titled(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
