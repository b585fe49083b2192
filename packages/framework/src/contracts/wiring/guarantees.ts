import { collectionNote } from '../../model/aggregate.js';
import type { EventClass } from '../../model/domain-event.js';
import { type HandlerNote, type Reaction, handlerNote, reactionNote } from '../../model/handler-note.js';
import type { ServiceDefinition } from '../../model/service-definition.js';
import { longestWaitsMs } from '../../runtime/consumer/attempts.js';
import { serviceContract } from '../contract-of.js';
import { fieldsLookedAt } from '../key-fields.js';
import { readVersion } from '../read-version.js';
import type { Contract, EventReader, ReadEvent, ServiceContract } from '../service-contract.js';
import { keyInWords, listInWords, secondsInWords } from './in-words.js';

/** What one method that reacts to one event can count on. */
export interface Guarantee {
  /** `PaymentPolicies.cancelPayment` */
  readonly method: string;
  readonly kind: 'policy' | 'view';
  readonly event: string;
  /** The newest version that it reads. */
  readonly version: number;
  readonly topic: string;
  /** Events in which these fields are the same come in order. */
  readonly orderedBy: readonly string[];
  readonly attempts: number;
  /** How long it waits between all of them together at most, in milliseconds. What the attempts themselves take comes on top. */
  readonly waitsMs: number;
  /** All of it, to be read. */
  readonly line: string;
}

/**
 * What each handler of a service can count on. The service must have no boot faults.
 * @param others what is known of those that publish: their keys decide
 */
export function guaranteesOf(definition: ServiceDefinition, others: readonly Contract[] = []): Guarantee[] {
  const rows = rowsOf(definition);
  const publishers = others.filter((one) => one.kind === 'service');
  return serviceContract(definition).reads.flatMap((read) => {
    const kept = { ...read, key: keyKept(read, publishers) };
    return read.readers.map((reader) =>
      guaranteeOf(kept, reader, rows.get(`${reader.method} ${read.eventType}`)),
    );
  });
}

/** The key that the publisher gives its records. The reader's own, where that is not known or where several publish with different ones. */
function keyKept(read: ReadEvent, publishers: readonly ServiceContract[]): readonly string[] {
  const keys = publishers
    .map(({ publishes }) => readVersion(read, publishes)?.key ?? [])
    .filter((key) => key.length > 0);
  const [first, ...rest] = new Map(keys.map((key) => [key.join(), key])).values();
  return first && rest.length === 0 ? first : read.key;
}

function guaranteeOf(read: ReadEvent, reader: EventReader, row: string | undefined): Guarantee {
  const { eventType, version, topic, key } = read;
  const { method, kind, attempts } = reader;
  const waitsMs = longestWaitsMs(attempts);
  const event = version === 1 ? eventType : `${eventType} to version ${version}`;
  const effect = row === undefined ? 'one effect' : `one effect on ${row}`;
  const tries =
    attempts === 1 ? '1 attempt' : `${attempts} attempts with up to ${secondsInWords(waitsMs)} of waits`;
  const line = `${method}: ${event} (${topic}): at least once delivery, ${effect}, in order of ${keyInWords(key)}, ${tries}, then its key is parked`;
  return { method, kind, event: eventType, version, topic, orderedBy: key, attempts, waitsMs, line };
}

/** Which rows the methods of views write to, in words, by method and event. */
function rowsOf({ views }: ServiceDefinition): Map<string, string> {
  return new Map(
    views.flatMap((view) =>
      (reactionNote.of(view.prototype as object) ?? []).map((reaction) => {
        const { eventType }: EventClass = reaction.event;
        return [
          `${view.name}.${reaction.method} ${eventType}`,
          rowInWords(handlerNote.of(view)!, reaction),
        ] as const;
      }),
    ),
  );
}

function rowInWords({ model }: HandlerNote, { event, row }: Reaction): string {
  const names = Object.keys(event.schema.shape);
  // a service without boot faults has both for each view
  const { collection } = collectionNote.of(model!)!;
  if ('id' in row!)
    return `one row of ${collection}, found by ${fieldsInWords(fieldsLookedAt(row.id, names))}`;
  const { where, create } = row!;
  const made = create ? ', made if there is none' : '';
  return `the rows of ${collection} that are found by ${fieldsInWords(fieldsLookedAt(where, names))}${made}`;
}

function fieldsInWords(fields: readonly string[]): string {
  return fields.length === 0 ? 'what cannot be told' : listInWords(fields);
}
