import { InvalidEventError } from '../../kernel/errors/model-errors.js';
import { toJson } from '../../kernel/exact-json.js';
import { coerced } from '../../model/coercion.js';
import type { DomainEventBase, EventClass } from '../../model/domain-event.js';
import { upcast } from '../../model/event-versions.js';
import { IN_PLAIN_WORDS, fieldErrors } from '../../model/field-errors.js';
import { type JsonSchema, jsonSchemaOf } from '../../model/json-schema.js';
import { wireName } from '../../model/wire-name.js';
import { neededExample } from './needed-example.js';
import { schemaOfExample } from './schema-of-example.js';

type Fields = Readonly<Record<string, unknown>>;

/** An event of a class as it could come in. */
export interface ExampleEvent {
  readonly wireName: string;
  /** Its fields as they travel. */
  readonly json: Fields;
  /** What others of its kind are compared with it by. */
  readonly schema: JsonSchema;
  readonly key: string;
}

/** An example of what a service reads of an event. @param chosen fields; those that the event does not have are left out */
export function exampleEvent<E extends DomainEventBase>(event: EventClass<E>, chosen: Fields): ExampleEvent {
  const schema = jsonSchemaOf(event.schema, 'input');
  const names = Object.keys(event.schema.shape).filter((name) => chosen[name] !== undefined);
  const own = asJson(Object.fromEntries(names.map((name) => [name, chosen[name]])));
  return exampleIn(event, event.version, { ...(neededExample(schema) as object), ...own }, schema);
}

/** An example in an older version, whose schema the reader's class does not have. @throws UpcastError, InvalidEventError when the class cannot read it */
export function olderExample(event: EventClass, version: number, written: Fields): ExampleEvent {
  const json = asJson(written);
  return exampleIn(event, version, json, schemaOfExample(json));
}

/**
 * The fields of an event as the reader's class has them, of those that travelled in one of its versions.
 * @throws UpcastError, InvalidEventError
 */
export function fieldsOf(event: EventClass, version: number, json: Fields): Fields {
  const parsed = event.schema.safeParse(coerced(event.schema, upcast(event, version, json)), IN_PLAIN_WORDS);
  if (parsed.success) return parsed.data;
  throw new InvalidEventError(wireName(event.eventType, version), fieldErrors(parsed.error));
}

function exampleIn(event: EventClass, version: number, json: Fields, schema: JsonSchema): ExampleEvent {
  const key = String(event.keyOf(fieldsOf(event, version, json) as never));
  return { wireName: wireName(event.eventType, version), json, schema, key };
}

/** As fields travel: an instant is a text. */
function asJson(fields: Fields): Fields {
  return JSON.parse(toJson(fields)) as Fields;
}
