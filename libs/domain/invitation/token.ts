import { isId } from '../ids.js';

/** `invitationId.secret`, the last part of an invitation's link (R61). */
export interface Token {
  readonly invitationId: string;
  readonly secret: string;
}

/** Reads what a client sent, which may be anything. Null: it cannot be a token. */
export function parseToken(text: string): Token | null {
  const dot = text.indexOf('.');
  const invitationId = text.slice(0, Math.max(dot, 0));
  if (!isId(invitationId) || invitationId.length > 64) return null;
  return { invitationId, secret: text.slice(dot + 1) };
}

export function formatToken({ invitationId, secret }: Token): string {
  return `${invitationId}.${secret}`;
}
