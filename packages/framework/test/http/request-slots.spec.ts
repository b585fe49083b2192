import { describe, expect, it } from 'vitest';
import { type Sample, RequestSlots, fixedBound } from '../../src/http/load/request-slots.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

const fine = { hasFailed: false, hasCalled: false };

describe('the slots for requests', () => {
  it('are as many as the bound says, and each can be taken again', () => {
    const slots = new RequestSlots(fixedBound(2), new ManualClock());
    const [first, second] = [slots.take(), slots.take()];
    expect([first, second]).not.toContain(undefined);
    expect(slots.take()).toBeUndefined();
    expect([slots.underWay, slots.limit]).toEqual([2, 2]);
    second!.closed();
    expect(slots.underWay).toBe(1);
    expect(slots.take()).toBeDefined();
    expect(slots.take()).toBeUndefined();
  });

  it('are free when the client has its answer and the work is over, whichever comes first', () => {
    const slots = new RequestSlots(fixedBound(9), new ManualClock());
    const [gone, answered] = [slots.take()!, slots.take()!];
    const [endGone, endAnswered] = [gone.working(), answered.working()];
    gone.closed();
    endAnswered(fine);
    expect(slots.underWay).toBe(2);
    endGone(fine);
    answered.closed();
    expect(slots.underWay).toBe(0);
  });

  it('are free once, whatever is told again or too late', () => {
    const slots = new RequestSlots(fixedBound(9), new ManualClock());
    const [one, other] = [slots.take()!, slots.take()!];
    const end = one.working();
    for (let i = 0; i < 2; i++) {
      one.closed();
      end(fine);
    }
    other.closed();
    // the client was gone before the work could begin
    other.working()(fine);
    expect(slots.underWay).toBe(0);
  });

  it('tell the bound how long the work took, and among how many', async () => {
    const [clock, samples] = [new ManualClock(), [] as Sample[]];
    const slots = new RequestSlots({ limit: 9, learn: (sample) => samples.push(sample) }, clock);
    slots.take();
    const end = slots.take()!.working();
    await clock.advance(70);
    end({ hasFailed: true, hasCalled: true });
    expect(samples).toEqual([{ ms: 70, underWay: 2, hasFailed: true, hasCalled: true }]);
  });
});
