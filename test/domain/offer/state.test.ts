import type { EventData } from '#lib/engine/model/message.js';
import { StopDistribution } from '#lib/domain/offer/distribution-messages.js';
import { offer as decider } from '#lib/domain/offer/offer.js';
import { CancelPublish } from '#lib/domain/offer/publishing-messages.js';
import { hasBeenLive, knowsPlan, managesLicenses, releaseOf, sellsPlan } from '#lib/domain/offer/state.js';
import { statusWord } from '#lib/domain/offer/status.js';
import { given, noon, recorded } from '../../support/given.js';
import {
  canceled,
  complete,
  created,
  deleted,
  goneLive,
  inPreview,
  leaving,
  left,
  live,
  needsAttention,
  offer,
  plan,
  planIds,
  resumed,
  signedOff,
  stopAsked,
  until,
  wentLive,
} from '../../support/offers.js';

const after = (events: readonly EventData[]) =>
  recorded('offer-fabrikam.f365', events).reduce((state, e) => decider.evolve(state, e), decider.initial());
const wordAfter = (events: readonly EventData[]) => {
  const state = after(events);
  return state.status === 'none' ? null : statusWord(state.status, state.submission?.phase ?? null);
};

describe('the status of an offer', () => {
  it('E6 is Draft, Publish in progress, Preview, Publish in progress, Live', () => {
    const steps = [
      complete,
      [...complete, ...until('s1', 'pages')],
      [...complete, ...inPreview('s1')],
      [...complete, ...inPreview('s1'), signedOff('s1')],
      live,
    ];
    expect(steps.map(wordAfter)).toEqual(['Draft', 'Publish in progress', 'Preview', 'Publish in progress', 'Live']);
  });

  it('E7 is Attention needed after a failure, and in progress again after resubmitting', () => {
    const failed = [...complete, ...until('s1', 'certification'), needsAttention('s1')];
    expect(wordAfter(failed)).toBe('Attention needed');
    expect(wordAfter([...failed, ...until('s2', 'pages')])).toBe('Publish in progress');
  });

  it('R32 goes back to what it was before a canceled submission; a replaced preview does not return', () => {
    expect(wordAfter([...complete, ...inPreview('s1'), ...until('s2', 'pages'), canceled('s2')])).toBe('Draft');
    expect(wordAfter([...live, ...until('s2', 'pages'), canceled('s2')])).toBe('Live');
  });
});

describe('what cannot have happened', () => {
  const instead = [...complete.slice(1), ...goneLive('s1'), leaving(), left()];

  it('R7 leaves nothing where no offer was created', () => {
    expect(after(instead)).toEqual({ status: 'none' });
  });

  it('R36 takes nothing out of the market that never was in it', () => {
    const draft = after(complete);
    expect(after([...complete, leaving(), left()])).toEqual(draft);
  });

  it('is not decided: there is nothing to do where no offer was created', () => {
    given(decider, []).when(CancelPublish, { offer }).then();
    given(decider, []).when(StopDistribution, { offer }).then();
  });
});

describe('an offer that leaves the market', () => {
  it('R36 is Live, Pending stop distribution, Not available in the marketplace, and Live again', () => {
    const steps = [
      live,
      [...live, leaving()],
      [...live, leaving(), left()],
      [...live, leaving(), left(), ...inPreview('s2')],
      [...live, leaving(), left(), ...until('s2', 'pages'), canceled('s2')],
      [...live, leaving(), left(), ...goneLive('s2')],
    ];
    expect(steps.map(wordAfter)).toEqual([
      'Live',
      'Pending stop distribution',
      'Not available in the marketplace',
      'Preview',
      'Not available in the marketplace',
      'Live',
    ]);
  });

  it('R36 shows no more of a discarded preview or failed submission', () => {
    const failed = [...live, ...until('s2', 'certification'), needsAttention('s2')];
    expect(wordAfter([...live, ...inPreview('s2'), leaving('s2')])).toBe('Pending stop distribution');
    expect(wordAfter([...failed, leaving('s2'), left()])).toBe('Not available in the marketplace');
  });
});

describe('what other streams ask of an offer', () => {
  const facts = (events: readonly EventData[], planId: string) => {
    const state = after(events);
    return [managesLicenses(state), hasBeenLive(state), knowsPlan(state, planId), sellsPlan(state, planId, noon)];
  };

  it('R55 R66 nothing is sold before the offer is live', () => {
    expect(facts([], 'gold')).toEqual([false, false, false, false]);
    expect(facts([created], 'gold')).toEqual([false, false, false, false]);
    expect(facts([...complete, ...inPreview('s1'), signedOff('s1')], 'gold')).toEqual([true, false, true, false]);
    expect(facts(live, 'gold')).toEqual([true, true, true, true]);
  });

  it('R18 customers see what went live last, and nothing before', () => {
    expect(releaseOf(after([]))).toBeNull();
    expect(releaseOf(after([...complete, ...inPreview('s1'), signedOff('s1')]))).toBeNull();
    const again = [...live, plan('platinum'), ...until('s2', 'createPreview')];
    const release = releaseOf(after(live));
    expect(release?.content.plans.map(({ planId }) => planId)).toEqual(planIds);
    expect(releaseOf(after(again))).toEqual(release);
    expect(releaseOf(after([...again, canceled('s2'), leaving(), left()]))).toEqual(release);
    const next = releaseOf(after([...again, ...inPreview('s3'), signedOff('s3'), wentLive('s3')]));
    expect([next?.submissionId, next?.content.plans.at(-1)?.planId]).toEqual(['s3', 'platinum']);
  });

  it('R18 R66 a plan sells from its own go-live on', () => {
    const later = [...live, plan('platinum')];
    expect(facts(later, 'platinum')).toEqual([true, true, true, false]);
    expect(facts([...later, ...goneLive('s2').slice(0, -1), wentLive('s2')], 'platinum')[3]).toBe(true);
    expect(facts(live, 'platinum')).toEqual([true, true, false, false]);
  });

  it('R36 R66 an offer sells until its stop is complete, and again when it is back', () => {
    expect(facts([...live, leaving()], 'gold')).toEqual([true, true, true, true]);
    expect(facts([...live, leaving(), left()], 'gold')).toEqual([true, true, true, false]);
    expect(facts([...live, leaving(), left(), ...inPreview('s2')], 'gold')).toEqual([true, true, true, false]);
    expect(facts([...live, leaving(), left(), ...goneLive('s2')], 'gold')).toEqual([true, true, true, true]);
  });

  it('E24 R29 R66 a plan sells until its stop goes live, and from its return on', () => {
    const asked = [...live, stopAsked('silver')];
    const stopped = [...asked, ...goneLive('s2')];
    expect(facts(asked, 'silver')[3]).toBe(true);
    expect(facts(stopped, 'silver')).toEqual([true, true, true, false]);
    expect(facts(stopped, 'gold')[3]).toBe(true);
    expect(facts([...stopped, resumed('silver')], 'silver')[3]).toBe(false);
    expect(facts([...stopped, resumed('silver'), ...goneLive('s3')], 'silver')[3]).toBe(true);
  });

  it('R18 R29 what a submission froze goes live, a stop withdrawn since included', () => {
    const frozen = [...live, stopAsked('silver'), ...inPreview('s2'), resumed('silver')];
    expect(facts([...frozen, signedOff('s2'), wentLive('s2')], 'silver')[3]).toBe(false);
  });

  it('R27 R66 a deleted plan is no plan of the offer', () => {
    expect(facts([...live, plan('platinum'), deleted('platinum')], 'platinum')).toEqual([true, true, false, false]);
  });
});
