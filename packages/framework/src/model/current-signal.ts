import { NoUnitOfWorkError } from '../kernel/errors/model-errors.js';
import { ambient } from './ambient.js';

const never = new AbortController().signal;

/**
 * Aborted when nobody wants the outcome of the unit of work any more that runs here: the handler took longer than `HANDLER_TIMEOUT_MS`, its key was put
 * aside, or the client of the request is gone. What is done after that is never committed. Remote calls end by themselves; hand the signal to
 * whatever else takes one.
 * @throws NoUnitOfWorkError outside of a unit of work
 * @example const rates = await fetch(url, { signal: currentSignal() });
 */
export function currentSignal(): AbortSignal {
  const unit = ambient.getStore()?.unit;
  if (!unit) throw new NoUnitOfWorkError('currentSignal()');
  return unit.origin?.signal ?? never;
}
