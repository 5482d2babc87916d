import type { Refusal } from '#lib/engine/model/refusal.js';
import { codePoints, serviceId } from '../ids.js';
import { isHttpsUrl } from '../urls.js';
import type { Content, Plan, SolutionPackage } from './content.js';
import { refuse, type OfferRefusalCode } from './refusals.js';

type Fault = Refusal<OfferRefusalCode>;

/** What is wrong with a package by itself (R35): judged when it is registered, and again by validation. */
export function packageFaults({ planDefinitions, components }: SolutionPackage): Fault[] {
  const defined = repeated(planDefinitions.map((definition) => definition.serviceId));
  const named = repeated(components.map((component) => component.name));
  return [
    ...planDefinitions.flatMap(({ serviceId: service, displayName, moreInfoUrl }, index) => {
      const at = `/planDefinitions/${index}`;
      return [
        defined.has(index) && invalid(`${service} is defined twice.`, `${at}/serviceId`),
        !isName(displayName) && invalid(`The display name of ${service} is not valid.`, `${at}/displayName`),
        moreInfoUrl !== null &&
          !isHttpsUrl(moreInfoUrl) &&
          invalid(`The more-info address of ${service} is not an https address.`, `${at}/moreInfoUrl`),
      ];
    }),
    ...components.flatMap(({ name, serviceIds }, index) => {
      const at = `/components/${index}`;
      return [
        !isName(name) && invalid('The name of a component is not valid.', `${at}/name`),
        named.has(index) && invalid(`Component ${name} is there twice.`, `${at}/name`),
        ...[...repeated(serviceIds)].map((second) =>
          invalid(`${name} is mapped to ${serviceIds[second]} twice.`, `${at}/serviceIds/${second}`),
        ),
      ];
    }),
  ].filter((fault) => fault !== false);
}

/**
 * Whether package and plans of an offer belong together (R35): every Service ID in the package is a plan's, and every
 * plan on sale or ever live opens at least one component.
 */
export function mappingFaults(offer: string, content: Content, everLive: readonly Plan[]): Fault[] {
  if (content.package === null) return [];
  const { planDefinitions, components } = content.package;
  const mapped = new Set(components.flatMap((component) => component.serviceIds));
  const named = new Set([...planDefinitions.map((definition) => definition.serviceId), ...mapped]);
  const ofOffer = new Set(content.plans.map((plan) => serviceId(offer, plan.planId)));
  const needed = new Set([...content.plans.filter((plan) => plan.onSale), ...everLive].map((plan) => plan.planId));
  return [
    ...[...named]
      .filter((service) => !ofOffer.has(service))
      .map((service) => refuse('PACKAGE_SERVICE_ID_UNKNOWN', `${service} is not a plan of ${offer}.`, '/package')),
    ...[...needed]
      .filter((planId) => !mapped.has(serviceId(offer, planId)))
      .map((planId) => refuse('PLAN_NOT_MAPPED', `No component is mapped to ${serviceId(offer, planId)}.`, '/package')),
  ];
}

function invalid(detail: string, pointer: string): Fault {
  return refuse('PACKAGE_INVALID', detail, pointer);
}

function isName(text: string): boolean {
  return text.trim() !== '' && codePoints(text) <= 200;
}

/** Positions of what stands in the list a second time. */
function repeated(list: readonly string[]): ReadonlySet<number> {
  const seen = new Set<string>();
  const second = new Set<number>();
  list.forEach((item, index) => (seen.has(item) ? second.add(index) : seen.add(item)));
  return second;
}
