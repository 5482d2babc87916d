import type { Content, Plan } from './content.js';
import type { DraftEvent } from './events.js';

/** The draft after an event. What it is given stays as it is: a submission may hold it, frozen (R18). */
export function drafted(content: Content, { type, data }: DraftEvent): Content {
  switch (type) {
    case 'LicensingOptionsChosen':
      return { ...content, offerSetup: pageOf(data) };
    case 'PropertiesSaved':
      return { ...content, properties: pageOf(data) };
    case 'ListingSaved':
      return { ...content, listing: pageOf(data) };
    case 'AvailabilitySaved':
      return { ...content, availability: pageOf(data) };
    case 'TechnicalConfigurationSaved':
      return { ...content, technicalConfiguration: pageOf(data) };
    case 'PackageRegistered':
      return { ...content, package: pageOf(data) };
    case 'PlanCreated': {
      const plan: Plan = { planId: data.planId, name: data.name, description: null, onSale: true };
      return { ...content, plans: [...content.plans, plan] };
    }
    case 'PlanListingSaved': {
      const { planId, name, description } = data;
      const plans = content.plans.map((plan) => (plan.planId === planId ? { ...plan, name, description } : plan));
      return { ...content, plans };
    }
  }
}

function pageOf<Saved extends { publisherId: string; offer: string }>(saved: Saved) {
  const { publisherId: _publisherId, offer: _offer, ...page } = saved;
  return page;
}
