/** What an installation decides and deciders need. Durations in milliseconds unless named otherwise; a day is 24 hours. */
export interface Settings {
  /** From sign-off to live; 4 h in the source. */
  readonly goLiveAfterMs: number;
  /** End of the window that is shown for going live; 6 h in the source. After it the view says overdue. */
  readonly goLiveWindowMs: number;
  /** From the request to leave the market to its completion; 4 h in the source (R36). */
  readonly stopDistributionAfterMs: number;
  readonly invitationValidMs: number;
  /** Until a contact lead that nobody answers expires (R45). */
  readonly leadAnswerWithinMs: number;
  readonly licenseConflictMs: number;
  /** Days that licenses go on working after a pool's total reached 0 (R74). */
  readonly graceDays: number;
  /** Certification passes by itself (R38). */
  readonly autoCertify: boolean;
  /** Validation asks the package URL for its first byte (R35). */
  readonly checkPackageUrl: boolean;
  /** Base of listing addresses (R9), without a slash at the end. */
  readonly storefrontBase: string;
  /** Base of invitation links (R61), without a slash at the end. */
  readonly consoleBase: string;
  /** Where an installation or a free trial goes on (R46). */
  readonly installAddress: string;
  /** The text that a customer accepts (R62). */
  readonly consent: { readonly version: string; readonly text: string; readonly sha256: string };
  /** HMAC-SHA256(server secret, invitation ID), base64url: the secret half of an invitation's token (R61). */
  invitationSecret(invitationId: string): string;
  /** `whsec_` and base64 of HMAC-SHA256(server secret, command ID): what the leads of the destination are signed with (R44). */
  signingSecret(commandId: string): string;
  /** SHA-256 of a token's secret, hexadecimal: what may be stored (R61). */
  hashSecret(secret: string): string;
}
