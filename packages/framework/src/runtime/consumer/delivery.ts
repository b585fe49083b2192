import type { ConsumerRecord } from '../../broker/broker.js';
import { SkanuError, messageOf } from '../../kernel/errors/skanu-error.js';
import type { RecordToPark } from '../../store/parking-lot.js';
import { type ReceivedEvent, eventIdOf, wireNameOf } from '../event-codec.js';
import type { Handler } from './handler.js';

/** One record for one handler. */
export interface HandlerRecord {
  readonly record: ConsumerRecord;
  readonly received: ReceivedEvent;
  readonly handler: Handler;
  /** The key whose order is kept; null for an event whose key cannot be told. */
  readonly key: string | null;
}

/** A record as it came from the log. */
export interface Delivery extends HandlerRecord {
  /** Aborted when the record's partition is no longer ours: stop, somebody else has it. */
  readonly signal: AbortSignal;
  /** Whether so much waits for it that its key is better put aside. */
  readonly holdsUp: () => boolean;
}

/** Stands for the handler of records that no handler can read. */
export const UNREADABLE = '(unreadable)';

/** What keeps its order: a key of a handler. */
export function laneOf(handler: string, key: string): string {
  return `${handler}\u0000${key}`;
}

/** A record as it is parked. Without an error it only waits for its turn. */
export function toPark(
  handler: string,
  key: string | null,
  record: ConsumerRecord,
  eventType: string | null,
  error: unknown,
  attempts: number,
): RecordToPark {
  const { topic, partition, offset, headers, value, timestamp } = record;
  const reason = error === null ? null : reasonOf(error);
  const place = { topic, partition, offset, recordKey: record.key, headers, value, timestamp };
  return { handler, key, eventId: eventIdOf(record), eventType, ...place, reason, attempts };
}

/** Why something was parked, as an operator reads it. */
export function reasonOf(error: unknown): { code: string; message: string } {
  const code = error instanceof SkanuError ? error.code : error instanceof Error ? error.name : 'ERROR';
  return { code, message: messageOf(error).slice(0, 2_000) };
}

/** What log lines say of a record. */
export function about({ handler, received, key, record }: HandlerRecord): object {
  const { topic, partition, offset } = record;
  const { eventId, origin } = received;
  const { correlationId, trace } = origin;
  return {
    handler: handler.id,
    eventType: wireNameOf(received),
    eventId,
    key,
    topic,
    partition,
    offset,
    correlationId,
    traceId: trace.traceId,
  };
}
