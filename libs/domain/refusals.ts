import { publisherRefusals } from './publisher/refusals.js';

/** Every code with which the domain refuses, with its page. */
export const domainRefusals = { ...publisherRefusals } as const;
