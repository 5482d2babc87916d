import deciding from './deciding.mjs';

/** The permission table: roles are read when a module is loaded, so that every mutant needs a process of its own. */
export default { ...deciding, mutate: ['libs/domain/roles.ts'], ignoreStatic: false };
