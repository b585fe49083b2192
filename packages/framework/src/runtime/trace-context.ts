import { randomUUID } from 'node:crypto';

/** A place in a distributed trace (W3C Trace Context, https://www.w3.org/TR/trace-context/). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits: this service's own step. */
  readonly spanId: string;
  /** Two hexadecimal digits. */
  readonly flags: string;
}

const FORMAT =
  /^(?<version>[\da-f]{2})-(?<traceId>[\da-f]{32})-(?<parentId>[\da-f]{16})-(?<flags>[\da-f]{2})(?<more>-.*)?$/;

/** A step of our own in the caller's trace, or in a new one where the caller sent none that is valid. */
export function continuedTrace(traceparent: string | undefined): TraceContext {
  const { version, traceId, parentId, flags, more } = FORMAT.exec(traceparent ?? '')?.groups ?? {};
  const valid =
    traceId !== undefined &&
    version !== 'ff' &&
    // version 00 ends with its flags; later ones may go on
    !(version === '00' && more) &&
    !/^0+$/.test(traceId) &&
    !/^0+$/.test(parentId!);
  return {
    traceId: valid ? traceId : randomHex(),
    spanId: randomHex().slice(0, 16),
    flags: valid ? flags! : '01',
  };
}

/** 32 hexadecimal digits from Node's pool of random bytes: no call into the system each time. */
function randomHex(): string {
  return randomUUID().replaceAll('-', '');
}

/** What the next service gets. */
export function traceparentOf(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.flags}`;
}
