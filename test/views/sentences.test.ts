import { readFileSync } from 'node:fs';
import { sentenceOf } from '#lib/views/sentences.js';
import { recorded } from '../support/given.js';

/** What is said of the event's golden payload, with some of its fields otherwise; in a stream of any name. */
function said(type: string, changed: object = {}): string {
  const golden = JSON.parse(readFileSync(`test/golden/${type}.v1.json`, 'utf8')) as object;
  const [event] = recorded('stream-1', [{ type, data: { ...golden, ...changed } }]);
  if (!event) throw new Error('Nothing was recorded.');
  return sentenceOf(event);
}

const customer = '8c2d1f3a-0000-4000-8000-00000000c0de';
const deal = '5b0f2c1e-6d0b-5c57-9a3b-0c6a1d1f7a10';
const pooledDeal = '5f0c6a52-8f0e-5c0b-9d55-2f1b6f0e7a11';
const noon = '2026-05-30T12:00:00.000Z';

describe('what an event says', () => {
  it.each([
    ['SeatPoolResized', `The customer's licenses of gold: 0 → 30; 30 are of deal ${pooledDeal}.`],
    ['SeatAssigned', 'emp-1042 got a seat.'],
    ['SeatUnassigned', 'The seat of emp-1042 was taken back.'],
    ['ShrinkPolicySet', 'Shrink policy: newestFirst.'],
    ['LicenseConflictDetected', `A license conflict: 5 seats, 3 licenses, 2 too many, due ${noon}.`],
    ['LicenseConflictOverdue', 'The license conflict is overdue: 2 seats too many.'],
    ['LicenseConflictResolved', 'The license conflict is over: seats were taken back.'],
    ['SeatPoolDeactivated', 'No licenses are left, and there is no grace.'],
    ['SeatPoolGraceEnded', 'Grace is over.'],
  ])('%s in a seat pool', (type, sentence) => expect(said(type)).toBe(sentence));

  it('R73 that the policy took a seat, not the customer', () => {
    expect(said('SeatUnassigned', { reason: 'policy' })).toBe('The shrink policy took the seat of emp-1042.');
  });

  it.each([
    ['licensesAdded', 'licenses were added'],
    ['seatsFreed', 'seats were taken back'],
    ['deactivated', 'no licenses are left'],
    ['policyApplied', 'the shrink policy was applied'],
  ])('R73 how a conflict ended: %s', (reason, how) => {
    expect(said('LicenseConflictResolved', { reason })).toBe(`The license conflict is over: ${how}.`);
  });

  it('R74 until when there is grace', () => {
    expect(said('SeatPoolDeactivated', { graceEndsAt: noon })).toBe(`No licenses are left; grace until ${noon}.`);
  });

  it.each([
    ['DealStarted', 'The deal was started.'],
    ['DealRegistered', 'The deal was registered: Submitted.'],
    ['DealUpdated', 'The form of the deal was replaced.'],
    ['DealUpdateRequested', 'An update of the deal was requested.'],
    ['DealApproved', 'The deal was approved.'],
    ['DealDeclined', 'The deal was declined; its licenses stay as they are.'],
    ['CustomerAttachedToDeal', `The deal's customer is ${customer}.`],
    ['LicensesActivated', "The deal's licenses of gold: 30."],
    ['LicenseCountChanged', "The deal's licenses of gold: 30 → 40."],
    ['LicensesDeactivated', "The deal's licenses of gold were removed; there were 40."],
  ])('%s in a deal', (type, sentence) => expect(said(type)).toBe(sentence));

  it.each([
    ['CustomerRelationshipEstablished', 'The customer relationship with fabrikam was established.'],
    ['DealAttachedToRelationship', `Deal ${deal} counts for the customer relationship.`],
    ['CustomerRelationshipTerminated', 'The customer relationship with fabrikam was ended.'],
    ['CustomerInvited', `The customer of deal ${deal} was invited, until ${noon}.`],
    ['InvitationAccepted', `${customer} accepted the invitation, and consented to version 1 of the text.`],
    ['InvitationDeclined', 'The invitation was declined.'],
    ['InvitationRevoked', 'The invitation was revoked.'],
    ['InvitationExpired', 'The invitation expired.'],
    ['PersonErased', 'ada was erased.'],
  ])('%s on the way to a customer, and of a person', (type, sentence) => expect(said(type)).toBe(sentence));

  it.each([
    ['PlanCreated', 'Plan gold was created: fabrikam.f365.gold.'],
    ['OfferSubmitted', 'The offer was submitted for publishing, with its draft as of offer-fabrikam.f365@12.'],
    ['GoLiveSignedOff', 'Going live was signed off, due 2026-03-01T16:00:00.000Z.'],
    ['OfferWentLive', 'The offer went live, with the package of this submission.'],
    ['PlanStopRequested', 'PlanStopRequested of fabrikam.f365.'],
    ['LeadSubmitted', 'LeadSubmitted in stream-1.'],
  ])('%s in an offer, or of what no explanation tells, by its name alone', (type, sentence) =>
    expect(said(type)).toBe(sentence),
  );
});
