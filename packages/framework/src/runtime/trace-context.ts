import { randomBytes } from 'node:crypto';

/** A place in a distributed trace (W3C Trace Context, https://www.w3.org/TR/trace-context/). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits: this service's own step. */
  readonly spanId: string;
  /** Two hexadecimal digits. */
  readonly flags: string;
}

const FORMAT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-|$)/;

/** A step of our own in the caller's trace, or in a new one where the caller sent none that is valid. */
export function continuedTrace(traceparent: string | undefined): TraceContext {
  const match = traceparent === undefined ? null : FORMAT.exec(traceparent);
  const valid = match && !traceparent!.startsWith('ff') && !/^0+$/.test(match[1]!) && !/^0+$/.test(match[2]!);
  return {
    traceId: valid ? match[1]! : randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    flags: valid ? match[3]! : '01',
  };
}

/** What the next service gets. */
export function traceparentOf(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.flags}`;
}
