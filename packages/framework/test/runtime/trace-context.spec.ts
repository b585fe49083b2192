import { describe, expect, it } from 'vitest';
import { continuedTrace, traceparentOf } from '../../src/runtime/trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a trace context', () => {
  it.each([
    ['version 00', `00-${TRACE}-${SPAN}-01`, '01'],
    ['one that is not sampled', `00-${TRACE}-${SPAN}-00`, '00'],
    ['a later version', `cc-${TRACE}-${SPAN}-01`, '01'],
    ['a later version with more behind it', `cc-${TRACE}-${SPAN}-01-what-the-future-brings`, '01'],
  ])('goes on with the trace of the caller in a step of its own: %s', (_, header, flags) => {
    const trace = continuedTrace(header);
    expect(trace).toMatchObject({ traceId: TRACE, flags });
    expect(trace.spanId).toMatch(/^[\da-f]{16}$/);
    expect(trace.spanId).not.toBe(SPAN);
  });

  it.each([
    ['none', undefined],
    ['empty', ''],
    ['a forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['more behind version 00', `00-${TRACE}-${SPAN}-01-more`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a parent of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['something before it', ` 00-${TRACE}-${SPAN}-01`],
    ['something behind it', `00-${TRACE}-${SPAN}-01\n`],
    ['no flags', `00-${TRACE}-${SPAN}`],
  ])('begins a new trace where the caller sent none that is valid: %s', (_, header) => {
    const trace = continuedTrace(header);
    expect(trace.traceId).toMatch(/^[\da-f]{32}$/);
    expect([TRACE, '0'.repeat(32)]).not.toContain(trace.traceId);
    expect(trace.flags).toBe('01');
  });

  it('is handed on as version 00, with our own step as parent', () => {
    const trace = continuedTrace(`00-${TRACE}-${SPAN}-01`);
    expect(traceparentOf(trace)).toBe(`00-${TRACE}-${trace.spanId}-01`);
  });
});
