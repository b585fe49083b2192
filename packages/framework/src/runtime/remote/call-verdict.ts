import {
  RemoteBadAnswerError,
  RemoteRefusedError,
  RemoteTimeoutError,
  RemoteUnreachableError,
} from '../../kernel/errors/remote-errors.js';
import type { Verdict } from './circuit.js';
import type { Exchanged } from './targets.js';
import { wasShed } from './unsent.js';

/** With these a service says that the time that it was given was too short: ours, told to it, or what it has left for others of it. */
const TIME_WAS_OVER = new Set(['DEADLINE_EXCEEDED', 'REQUEST_TIMEOUT', 'REMOTE_TIMEOUT']);

/**
 * What the error of a call says of the other service, for its circuit.
 * @param isFair whether there was time enough to blame it for not keeping within it
 */
export function verdictOf(error: unknown, isFair: boolean): Verdict {
  if (!isFair && isLate(error)) return 'nothing';
  // it works, and on just that
  if (codeOf(error) === 'REQUEST_RUNNING') return 'nothing';
  // a refusal that is not worth another attempt is an answer like any other: the service works
  if (error instanceof RemoteRefusedError) return error.retriable ? 'bad' : 'good';
  const isBad =
    error instanceof RemoteUnreachableError ||
    error instanceof RemoteTimeoutError ||
    error instanceof RemoteBadAnswerError;
  return isBad ? 'bad' : 'nothing';
}

/**
 * What the error of an attempt says of the address that it went to; undefined: nothing.
 * @param isFair the same, for the attempt
 */
export function exchangedOf(error: unknown, isFair: boolean): Exchanged | undefined {
  if (error instanceof RemoteRefusedError) return isItsOwn(error) ? 'failed' : 'answered';
  if (error instanceof RemoteTimeoutError) return isFair ? 'failed' : undefined;
  if (error instanceof RemoteBadAnswerError) return 'failed';
  return error instanceof RemoteUnreachableError ? 'unreachable' : undefined;
}

/** Whether it is this replica that fails: one that sheds load would only leave it to the others, and they all call the same services. */
function isItsOwn(error: RemoteRefusedError): boolean {
  return error.status >= 500 && !wasShed(error) && !codeOf(error).startsWith('REMOTE_');
}

function isLate(error: unknown): boolean {
  return error instanceof RemoteTimeoutError || TIME_WAS_OVER.has(codeOf(error));
}

/** What the other service calls its refusal; nothing where it is none, or has no name. */
function codeOf(error: unknown): string {
  return (error instanceof RemoteRefusedError && error.problem?.code) || '';
}
