import { describe, expect, it } from 'vitest';
import {
  deadlineHeaderOf,
  readDeadlineHeader,
  remainingMs,
} from '../../src/runtime/remote/deadline-header.js';
import { continuedTrace } from '../../src/runtime/trace-context.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

describe('the time that a caller has left', () => {
  it('is its limit, or what is left of its own caller, whichever is less', async () => {
    const clock = new ManualClock();
    const origin = { trace: continuedTrace(undefined), correlationId: 'c' };
    expect(remainingMs(undefined, clock, 700)).toBe(700);
    expect(remainingMs(origin, clock, 700)).toBe(700);
    const limited = { ...origin, deadline: clock.now() + 1_000 };
    expect(remainingMs(limited, clock, 700)).toBe(700);
    await clock.advance(600);
    expect(remainingMs(limited, clock, 700)).toBe(400);
    await clock.advance(400);
    expect(remainingMs(limited, clock, 700)).toBe(0);
    await clock.advance(1);
    expect(remainingMs(limited, clock, 700)).toBe(-1);
  });

  it.each([
    [400, '400'],
    [399.9, '399'],
    [0.4, '1'],
  ])('of %d ms travels as %s', (leftMs, header) => expect(deadlineHeaderOf(leftMs)).toBe(header));

  it.each([
    ['1', 1],
    ['86400000', 86_400_000],
  ])('arrives from %s', (header, leftMs) => expect(readDeadlineHeader(header)).toBe(leftMs));

  it.each([
    undefined,
    '',
    '0',
    '-1',
    '1.5',
    '01',
    '1e3',
    ' 5',
    '5, 6',
    '86400001',
    '99999999999',
    'soon',
    ['1', '2'],
  ])('is not known from %j', (header) => expect(readDeadlineHeader(header)).toBeUndefined());
});
