import { hasContractEnded, nextStep, type DealProgressFacts } from '#lib/domain/deal/progress.js';

describe('the next step of a deal', () => {
  const at = (facts: Partial<DealProgressFacts>) =>
    nextStep({ status: 'Submitted', hasLines: false, hasConsent: false, isInvited: false, ...facts });

  it.each([
    ['register', { status: 'Incomplete', isInvited: true, hasConsent: true }],
    ['invite', {}],
    ['invite', { status: 'Update required' }],
    ['awaiting consent', { isInvited: true }],
    ['activate', { hasConsent: true }],
    ['activate', { status: 'Approved', isInvited: true, hasConsent: true }],
    ['active', { hasLines: true }],
    ['active', { status: 'Declined', hasLines: true }],
    [null, { status: 'Declined', hasConsent: true }],
  ] as const)('is %s for %j', (step, facts) => expect(at(facts)).toBe(step));
});

describe('the end of a contract', () => {
  it('R54 is reached on the day after the last one, and never if perpetual', () => {
    expect(hasContractEnded('2026-02-28', '2026-02-28')).toBe(false);
    expect(hasContractEnded('2026-02-28', '2026-03-01')).toBe(true);
    expect(hasContractEnded(null, '2026-03-01')).toBe(false);
  });
});
