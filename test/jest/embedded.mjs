import { base } from './base.mjs';

/** All tests; those that do not bring stores of their own run on a data folder. */
export default { ...base, displayName: 'embedded' };
