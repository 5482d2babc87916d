import { dealRefusals } from './deal/refusals.js';
import { invitationRefusals } from './invitation/refusals.js';
import { leadRefusals } from './lead/refusals.js';
import { offerRefusals } from './offer/refusals.js';
import { personRefusals } from './person/refusals.js';
import { publisherRefusals } from './publisher/refusals.js';
import { relationshipRefusals } from './relationship/refusals.js';
import { seatPoolRefusals } from './seat-pool/refusals.js';

/** Every code with which the domain refuses, with its page. */
export const domainRefusals = {
  ...publisherRefusals,
  ...offerRefusals,
  ...dealRefusals,
  ...invitationRefusals,
  ...relationshipRefusals,
  ...seatPoolRefusals,
  ...leadRefusals,
  ...personRefusals,
} as const;
