import type { PersonErased } from './messages.js';

/** `none` as long as nobody asked for the person to be erased, whether the directory knows them or not. */
export type PersonState = { readonly status: 'none' } | ({ readonly status: 'erased' } & Readonly<PersonErased>);
