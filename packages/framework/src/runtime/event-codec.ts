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
import { type DomainEventBase, type EventClass, olderFields, receivedEvent } from '../model/domain-event.js';
import { upcast } from '../model/event-versions.js';
import { IN_PLAIN_WORDS, fieldErrors } from '../model/field-errors.js';
import { MAX_EVENT_VERSION, fromWireName, wireName } from '../model/wire-name.js';
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
/** Longer than the list of all versions that there can be. */
const MAX_HEADER_LENGTH = 5 * MAX_EVENT_VERSION;

type Headers = Readonly<Record<string, string>>;

/** What the records of one event have in common. */
interface Envelope {
  readonly key: string;
  readonly now: Date;
  readonly origin: Origin;
}

/** A record that is an event, before any class looked at its fields. */
export interface ReceivedEvent {
  readonly eventId: string;
  /** In all versions the same. */
  readonly eventType: string;
  /** That the record was written in. */
  readonly version: number;
  /** All versions in which the event was published, from the oldest; each has a record of its own. */
  readonly versions: readonly number[];
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

  /** The record of an event in its own version. @throws as {@link encodeAll} */
  encode(event: DomainEventBase, origin: Origin): OutgoingEvent {
    return this.encodeAll(event, origin)[0]!;
  }

  /**
   * The records of an event: one for each version in which it is published, from the newest to the oldest. A reader takes the first that it can read,
   * which therefore says the most.
   * @throws UndeclaredEventError, InvalidEventError, RecordTooLargeError
   */
  readonly encodeAll = (event: DomainEventBase, origin: Origin): readonly OutgoingEvent[] => {
    const { service, clock } = this.options;
    const eventClass = event.constructor as EventClass;
    const { eventType, version, alsoAs } = eventClass;
    if (!this.#declared.has(eventClass)) throw new UndeclaredEventError(eventType, service);
    const key = String(eventClass.keyOf(event as never));
    const envelope = { key, now: new Date(clock.now()), origin };
    const older = Object.keys(alsoAs).map(Number);
    if (older.length === 0) return [this.#record(wireName(eventType, version), event, envelope, {})];
    const versions = [...older, version].toSorted((a, b) => a - b);
    const shared = { ce_versions: versions.join(',') };
    const newest = this.#record(wireName(eventType, version), event, envelope, shared);
    const twins = older
      .toSorted((a, b) => b - a)
      .map((one) =>
        this.#record(wireName(eventType, one), olderFields(event, one), envelope, {
          ...shared,
          ce_twinof: newest.eventId,
        }),
      );
    return [newest, ...twins];
  };

  #record(name: string, fields: object, { key, now, origin }: Envelope, more: Headers): OutgoingEvent {
    const { service, topic, maxRecordBytes } = this.options;
    const value = toJson({ eventType: name, timestamp: localTimestamp(now), ...fields });
    const bytes = Buffer.byteLength(value);
    if (bytes > maxRecordBytes) throw new RecordTooLargeError(`event ${name}`, bytes, maxRecordBytes);
    const keyBytes = Buffer.byteLength(key);
    // here, and not in the relay, where it would stand in the way of all that comes after it
    if (keyBytes > MAX_KEY_BYTES)
      throw new RecordTooLargeError(`the key of event ${name}`, keyBytes, MAX_KEY_BYTES);
    const eventId = uuidv7();
    const headers = {
      ce_specversion: '1.0',
      ce_id: eventId,
      ce_source: `/${service}`,
      ce_type: name,
      ce_time: now.toISOString(),
      'content-type': 'application/json',
      traceparent: traceparentOf(origin.trace),
      ce_correlationid: origin.correlationId,
      ...(origin.causationId && { ce_causationid: origin.causationId }),
      ...more,
    };
    return { eventId, topic, key, headers, value };
  }

  /** @throws UnreadableRecordError when the record is no event */
  decode(record: ConsumerRecord): ReceivedEvent {
    const { headers } = record;
    const { eventType: name, timestamp: _, ...fields } = parsedValue(record);
    if (typeof name !== 'string' || name === '')
      throw new UnreadableRecordError(placeOf(record), 'its eventType is no text');
    const eventId = eventIdOf(record);
    const trace = continuedTrace(headers['traceparent']);
    const { eventType, version } = fromWireName(name);
    return {
      eventId,
      eventType,
      version,
      versions: versionsIn(headers['ce_versions'], version),
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

  /**
   * The event as an object of the reader's own class, in the version of that.
   * @throws UpcastError; InvalidEventError when its fields do not fit
   */
  revive(eventClass: EventClass, received: ReceivedEvent): DomainEventBase {
    const { schema } = eventClass;
    const fields = upcast(eventClass, received.version, received.fields);
    const parsed = schema.safeParse(coerced(schema, fields), IN_PLAIN_WORDS);
    if (!parsed.success) throw new InvalidEventError(wireNameOf(received), fieldErrors(parsed.error));
    return receivedEvent(eventClass, parsed.data, {
      eventId: received.eventId,
      occurredAt: received.occurredAt,
    });
  }
}

/** What a received event is called on the wire. */
export function wireNameOf({ eventType, version }: ReceivedEvent): string {
  return wireName(eventType, version);
}

/**
 * What a record is known by: CloudEvents makes source and id unique together. A record without an id (from a Java
 * service) is known by its place: the same fields at another offset are another event.
 */
export function eventIdOf(record: ConsumerRecord): string {
  return eventIdIn(record.headers) ?? placeOf(record);
}

/** The same, of headers alone; undefined where only its place could tell. An event is one event in all versions in which it was published. */
export function eventIdIn({ ce_id, ce_twinof, ce_source }: ConsumerRecord['headers']): string | undefined {
  const id = ce_twinof || ce_id;
  return id ? `${ce_source ?? ''}/${id}` : undefined;
}

/** What the header says, if that makes sense. */
function versionsIn(header: string | undefined, own: number): readonly number[] {
  const listed = header && header.length <= MAX_HEADER_LENGTH ? header.split(',').map(Number) : [];
  const makesSense = listed.includes(own) && listed.every((one) => Number.isInteger(one) && one >= 1);
  return makesSense ? listed.toSorted((a, b) => a - b) : [own];
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
