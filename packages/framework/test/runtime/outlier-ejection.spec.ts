import { describe, expect, it } from 'vitest';
import type { OutlierOptions } from '../../src/model/resilience.js';
import { OutlierEjection } from '../../src/runtime/remote/outlier-ejection.js';
import type { Exchanged, Target } from '../../src/runtime/remote/targets.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

function ejecting(names: string, options?: OutlierOptions) {
  const clock = new ManualClock();
  const ejection = new OutlierEjection(options, clock);
  const all = [...names].map((name): Target => ({ url: `http://${name}` }));
  const targetOf = (name: string) => all[names.indexOf(name)]!;
  return {
    clock,
    ejection,
    stateOf: (name: string) => ejection.stateOf(targetOf(name)),
    /** Tells the same of a target so many times. */
    report: (name: string, exchanged: Exchanged, times = 1) =>
      Array.from({ length: times }, () => ejection.report(targetOf(name), exchanged, all)).at(-1),
    ejected: () =>
      all
        .filter((one) => ejection.isEjected(one))
        .map(({ url }) => url.at(-1))
        .join(''),
  };
}

describe('an address that fails', () => {
  it('is ejected at the failure that fills the row, and not before', () => {
    const { report, ejected } = ejecting('abc', { failures: 3 });
    expect(report('a', 'failed', 2)).toBe(0);
    expect(ejected()).toBe('');
    expect(report('a', 'failed')).toBe(30_000);
    expect(ejected()).toBe('a');
  });

  it('is ejected after five in a row where nothing is said', () => {
    const { report, ejected } = ejecting('abc');
    report('a', 'failed', 4);
    expect(ejected()).toBe('');
    report('a', 'failed');
    expect(ejected()).toBe('a');
  });

  it('begins a new row with each answer', () => {
    const { report, ejected, stateOf } = ejecting('abc', { failures: 3 });
    report('a', 'failed', 2);
    report('a', 'answered');
    report('a', 'failed', 2);
    expect(ejected()).toBe('');
    expect(stateOf('a').failuresInARow).toBe(2);
  });

  it('comes back when its time is over, to the millisecond', async () => {
    const { clock, report, ejected, stateOf } = ejecting('ab', { failures: 1, ejectMs: 180_000 });
    report('a', 'failed');
    expect(stateOf('a')).toEqual({
      url: 'http://a',
      isEjected: true,
      ejectedUntil: clock.now() + 180_000,
      failuresInARow: 1,
    });
    await clock.advance(179_999);
    expect(ejected()).toBe('a');
    await clock.advance(1);
    expect(ejected()).toBe('');
    expect(stateOf('a')).toMatchObject({ isEjected: false, ejectedUntil: null });
  });

  it('that came back is ejected again by one more failure', async () => {
    const { clock, report, ejected } = ejecting('ab', { failures: 4, ejectMs: 1_000 });
    report('a', 'failed', 4);
    await clock.advance(1_000);
    expect(report('a', 'failed')).toBe(1_000);
    expect(ejected()).toBe('a');
  });

  it('that came back and answers has its whole row again', async () => {
    const { clock, report, ejected } = ejecting('ab', { failures: 2, ejectMs: 1_000 });
    report('a', 'failed', 2);
    await clock.advance(1_000);
    report('a', 'answered');
    report('a', 'failed');
    expect(ejected()).toBe('');
  });

  it('is neither held longer nor let go of by what was sent before it was ejected', async () => {
    const { clock, report, ejected, stateOf } = ejecting('ab', { failures: 2, ejectMs: 1_000 });
    report('a', 'failed', 2);
    await clock.advance(500);
    report('a', 'failed');
    report('a', 'answered');
    expect(ejected()).toBe('a');
    expect(stateOf('a').failuresInARow).toBe(2);
    await clock.advance(500);
    expect(ejected()).toBe('');
  });
});

describe('of several addresses that fail', () => {
  it.each([
    ['ab', 0.5, 1],
    ['abc', 0.5, 1],
    ['abcd', 0.5, 2],
    ['abcde', 0.8, 4],
    // one may be, whatever the share; one stays, whatever the share
    ['abc', 0.1, 1],
    ['abc', 1, 2],
    ['abc', 0, 0],
    ['a', 1, 0],
  ])('of %s with a share of %d, %d are ejected at most', (names, maxEjected, most) => {
    const { report, ejected } = ejecting(names, { failures: 1, maxEjected });
    for (const name of names + names) report(name, 'failed');
    expect(ejected()).toHaveLength(most);
  });

  it('the next one goes when one comes back', async () => {
    const { clock, report, ejected } = ejecting('abc', { failures: 1, ejectMs: 1_000 });
    report('a', 'failed');
    await clock.advance(600);
    report('b', 'failed');
    expect(ejected()).toBe('a');
    await clock.advance(400);
    report('b', 'failed');
    expect(ejected()).toBe('b');
  });
});

describe('an address that cannot be reached', () => {
  it('is left alone for a second at once, and its row grows', async () => {
    const { clock, report, ejected, stateOf } = ejecting('ab', { failures: 3 });
    expect(report('a', 'unreachable')).toBe(1_000);
    expect(stateOf('a').failuresInARow).toBe(1);
    await clock.advance(999);
    expect(ejected()).toBe('a');
    await clock.advance(1);
    expect(ejected()).toBe('');
    report('a', 'unreachable');
    await clock.advance(1_000);
    expect(report('a', 'unreachable')).toBe(30_000);
  });

  it('is left alone also where that is most of them, but one always stays', () => {
    const { report, ejected } = ejecting('abcd', { maxEjected: 0.25 });
    for (const name of 'abcd') report(name, 'unreachable');
    expect(ejected()).toBe('abc');
  });

  it('is asked all the same where it is the only one', () => {
    const { report, ejected } = ejecting('a', { failures: 1 });
    expect(report('a', 'unreachable', 9)).toBe(0);
    expect(ejected()).toBe('');
  });

  it('is not left alone for longer than an ejection lasts', () => {
    const { report } = ejecting('ab', { ejectMs: 100 });
    expect(report('a', 'unreachable')).toBe(100);
  });
});
