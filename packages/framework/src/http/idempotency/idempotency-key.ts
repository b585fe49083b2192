import type { IncomingHttpHeaders } from 'node:http';
import { BadIdempotencyKeyError } from '../../kernel/errors/request-errors.js';

const MAX_LENGTH = 255;

/** The `Idempotency-Key` of a request; undefined when it has none. @throws BadIdempotencyKeyError */
export function idempotencyKeyOf(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['idempotency-key'];
  return key === undefined ? undefined : checkedKey(String(key));
}

/** @throws BadIdempotencyKeyError */
export function checkedKey(key: string): string {
  if (key === '') throw new BadIdempotencyKeyError('is empty');
  if (key.length > MAX_LENGTH) throw new BadIdempotencyKeyError(`is longer than ${MAX_LENGTH} characters`);
  // several headers of that name come as one with a space in it
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new BadIdempotencyKeyError('has characters that are not visible ASCII');
  return key;
}
