import { RemoteRefusedError } from '../../kernel/errors/remote-errors.js';
import { CallLimit } from './call-limit.js';
import type { UndoCall } from './call-undoing.js';
import type { ClientLink } from './client-link.js';

/** Tells, in seconds, how long ago a call was made that is taken back: who may have forgotten it must not say that it never was. */
export const AGE_HEADER = 'idempotency-key-age';

/** It is gone, and cannot come any more. */
const GONE = 410;

/**
 * How a call of an operation is taken back: by `DELETE` of the path, with the key of the call in it. Any success and 410 mean that it is. It goes past
 * circuit and bulkhead: an undo is no load of a caller, and has a patience of its own.
 */
export function undoRequest(operation: string, path: string, limitMs: number, link: ClientLink): UndoCall {
  const { clock, targets } = link.options;
  return async (key, ageMs, signal) => {
    using limit = new CallLimit({ operation, limitMs, clock, signals: [signal] });
    // the key stands in the path only: as a header it would name this request, and a service may have an answer for it
    const request = {
      method: 'DELETE',
      path: path.replaceAll('{key}', encodeURIComponent(key)),
      headers: {
        accept: 'application/json, application/problem+json',
        [AGE_HEADER]: String(Math.ceil(ageMs / 1000)),
      },
      body: undefined,
    };
    try {
      const target = targets.pick();
      await link.send({ operation, target, request, limit, expectsBody: false, read: () => undefined });
    } catch (error) {
      if (!(error instanceof RemoteRefusedError && error.status === GONE)) throw error;
    }
  };
}
