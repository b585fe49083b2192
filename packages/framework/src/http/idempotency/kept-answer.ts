import { IdempotencyKeyReusedError, RequestWithdrawnError } from '../../kernel/errors/request-errors.js';
import type { RequestRecord } from '../../store/request-records.js';
import type { Answer } from '../answer.js';

/** Tells a client that the answer is not news: what it asks for was done when it asked before. */
export const REPLAYED_HEADER = 'idempotent-replayed';

/** An answer as it is kept with the change that it tells of. */
export function keptAnswer(answer: Answer): string {
  return JSON.stringify(answer);
}

/**
 * The first answer again.
 * @throws IdempotencyKeyReusedError when that was to another request
 * @throws RequestWithdrawnError when the request was taken back
 */
export function replayed(record: RequestRecord, fingerprint: string): Answer {
  const { key, isWithdrawn } = record;
  // one that was taken back before it came has no fingerprint
  if (record.fingerprint !== fingerprint && record.fingerprint !== '')
    throw new IdempotencyKeyReusedError(key);
  if (isWithdrawn) throw new RequestWithdrawnError(key);
  // `keptAnswer` has made it
  const answer = JSON.parse(record.answer) as Answer;
  return { ...answer, headers: { ...answer.headers, [REPLAYED_HEADER]: 'true' } };
}
