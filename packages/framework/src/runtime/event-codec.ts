import { v7 as uuidv7 } from 'uuid';
import { RecordTooLargeError } from '../kernel/errors/broker-errors.js';
import {
  InvalidEventError,
  UndeclaredEventError,
  UnreadableRecordError,
} from '../kernel/errors/model-errors.js';
import { messageOf } from '../kernel/errors/skanu-error.js';
import { parseJson, toJson } from '../kernel/exact-json.js';
import type { Clock } from '../kernel/clock.js';
import type { ConsumerRecord } from '../broker/broker.js';
import { coerced } from '../model/coercion.js';
import { type DomainEventBase, type EventClass, receivedEvent } from '../model/domain-event.js';
import { IN_PLAIN_WORDS, fieldErrors } from '../model/field-errors.js';
import type { OutgoingEvent } from '../store/write-plan.js';
import type { Origin } from './origin.js';
import { continuedTrace, traceparentOf } from './trace-context.js';

export interface EventCodecOptions {
  readonly service: string;
  readonly topic: string;
  /** What the service may publish. */
  readonly events: readonly EventClass[];
  readonly maxRecordBytes: number;
  readonly clock: Clock;
}

/** Brokers bound key, headers and value together: what is beside the value must fit into 16 KiB. */
const MAX_KEY_BYTES = 8 * 1024;
const MAX_ID_LENGTH = 256;

/** A record that is an event, before any class looked at its fields. */
export interface ReceivedEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly occurredAt: Date;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Where what the event causes comes from. */
  readonly origin: Origin;
}

/**
 * Between event objects and what travels. The value is JSON: `eventType`, `timestamp` (`yyyyMMddHHmmss`, local time), then
 * the fields; 64-bit numbers as text, which the Java services read too. The headers are CloudEvents attributes in binary mode (Kafka protocol binding 1.0.2), `traceparent`,
 * correlation and causation ids. A header called `contentType` is never written: the Java services choke on it.
 */
export class EventCodec {
  readonly #declared: ReadonlySet<unknown>;

  constructor(private readonly options: EventCodecOptions) {
    this.#declared = new Set(options.events);
  }

  /** @throws UndeclaredEventError, RecordTooLargeError */
  readonly encode = (event: DomainEventBase, origin: Origin): OutgoingEvent => {
    const { service, topic, maxRecordBytes, clock } = this.options;
    const eventClass = event.constructor as EventClass;
    const { eventType } = eventClass;
    if (!this.#declared.has(eventClass)) throw new UndeclaredEventError(eventType, service);
    const now = new Date(clock.now());
    const value = toJson({ eventType, timestamp: localTimestamp(now), ...event });
    const bytes = Buffer.byteLength(value);
    if (bytes > maxRecordBytes) throw new RecordTooLargeError(`event ${eventType}`, bytes, maxRecordBytes);
    const key = String(eventClass.keyOf(event as never));
    const keyBytes = Buffer.byteLength(key);
    // here, and not in the relay, where it would stand in the way of all that comes after it
    if (keyBytes > MAX_KEY_BYTES)
      throw new RecordTooLargeError(`the key of event ${eventType}`, keyBytes, MAX_KEY_BYTES);
    const eventId = uuidv7();
    const headers = {
      ce_specversion: '1.0',
      ce_id: eventId,
      ce_source: `/${service}`,
      ce_type: eventType,
      ce_time: now.toISOString(),
      'content-type': 'application/json',
      traceparent: traceparentOf(origin.trace),
      ce_correlationid: origin.correlationId,
      ...(origin.causationId && { ce_causationid: origin.causationId }),
    };
    return { eventId, topic, key, headers, value };
  };

  /** @throws UnreadableRecordError when the record is no event */
  decode(record: ConsumerRecord): ReceivedEvent {
    const { headers } = record;
    const { eventType, timestamp: _, ...fields } = parsedValue(record);
    if (typeof eventType !== 'string' || eventType === '')
      throw new UnreadableRecordError(placeOf(record), 'its eventType is no text');
    const eventId = eventIdOf(record);
    const trace = continuedTrace(headers['traceparent']);
    return {
      eventId,
      eventType,
      occurredAt: instant(headers['ce_time']) ?? new Date(record.timestamp),
      fields,
      // they travel on in the headers of what the event causes, which must not grow with what others send
      origin: {
        trace,
        correlationId: ifShort(headers['ce_correlationid']) ?? trace.traceId,
        causationId: ifShort(eventId) ?? placeOf(record),
      },
    };
  }

  /** The event as an object of the reader's own class. @throws InvalidEventError when its fields do not fit */
  revive(eventClass: EventClass, received: ReceivedEvent): DomainEventBase {
    const parsed = eventClass.schema.safeParse(coerced(eventClass.schema, received.fields), IN_PLAIN_WORDS);
    if (!parsed.success) throw new InvalidEventError(received.eventType, fieldErrors(parsed.error));
    return receivedEvent(eventClass, parsed.data, {
      eventId: received.eventId,
      occurredAt: received.occurredAt,
    });
  }
}

/**
 * What a record is known by: CloudEvents makes source and id unique together. A record without an id (from a Java
 * service) is known by its place: the same fields at another offset are another event.
 */
export function eventIdOf(record: ConsumerRecord): string {
  const { ce_id: id, ce_source: source } = record.headers;
  return id ? `${source ?? ''}/${id}` : placeOf(record);
}

function ifShort(id: string | undefined): string | undefined {
  return id !== undefined && id.length <= MAX_ID_LENGTH ? id : undefined;
}

function placeOf({ topic, partition, offset }: ConsumerRecord): string {
  return `${topic}/${partition}/${offset}`;
}

function parsedValue(record: ConsumerRecord): Record<string, unknown> {
  if (record.value === null) throw new UnreadableRecordError(placeOf(record), 'it has no value');
  let parsed: unknown;
  try {
    parsed = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(record.value));
  } catch (error) {
    throw new UnreadableRecordError(placeOf(record), messageOf(error), error);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new UnreadableRecordError(placeOf(record), 'it is no JSON object');
  }
  return parsed as Record<string, unknown>;
}

function instant(text: string | undefined): Date | undefined {
  const date = text === undefined ? undefined : new Date(text);
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}

/** `yyyyMMddHHmmss` in local time, as the Java services write it. */
export function localTimestamp(date: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return (
    `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}` +
    `${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`
  );
}
