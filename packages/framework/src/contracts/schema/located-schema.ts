import type { JsonSchema } from '../../model/json-schema.js';

/** Schemas that others refer to, by the `$ref` that they are known by. */
export type Definitions = (ref: string) => JsonSchema | undefined;

/** A schema and where its references lead. */
export interface LocatedSchema {
  readonly schema: JsonSchema;
  /** What `#` means in it. */
  readonly root: JsonSchema;
  readonly definitions: Definitions;
}

/** All of these hold at once. None: anything. */
export type Conjunction = readonly LocatedSchema[];

const ANYTHING: JsonSchema = {};
const NOTHING: JsonSchema = { not: {} };
/** So many in a row are a circle. */
const MAX_REFERENCES = 50;

export function located(schema: JsonSchema, definitions: Definitions = () => undefined): LocatedSchema {
  return { schema, root: schema, definitions };
}

/** A part of a schema, at a keyword whose value is a schema: `true` and `false` are schemas too. */
export function partOf(whole: LocatedSchema, part: unknown): LocatedSchema {
  // what stands at such a keyword of a JSON Schema is a JSON Schema
  const schema = part === false ? NOTHING : part === true ? ANYTHING : (part as JsonSchema);
  return { ...whole, schema };
}

/** What a `$ref` leads to. Of one that leads nowhere, nobody can tell what fits it. */
export function referredBy(from: LocatedSchema, ref: string): LocatedSchema {
  const outside = from.definitions(ref);
  if (outside) return { ...from, schema: outside, root: outside };
  let found: unknown = from.root;
  for (const step of ref.replace(/^#\/?/, '').split('/').filter(Boolean))
    found = (found as Record<string, unknown> | undefined)?.[unescaped(step)];
  return partOf(from, typeof found === 'object' && found !== null ? found : { $dynamicRef: ref });
}

/** What is meant by a schema that only refers to another one. */
export function followed(from: LocatedSchema): LocatedSchema {
  let at = from;
  for (let steps = 0; steps < MAX_REFERENCES; steps++) {
    const { $ref } = at.schema;
    if (typeof $ref !== 'string' || Object.keys(at.schema).length > 1) return at;
    at = referredBy(at, $ref);
  }
  return { ...at, schema: ANYTHING };
}

/** Nothing fits it. */
export function isNothing({ schema: { not } }: LocatedSchema): boolean {
  return typeof not === 'object' && not !== null && Object.keys(not).length === 0;
}

function unescaped(step: string): string {
  return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
}

/** A field's place below a path, as a JSON Pointer. */
export function below(path: string, name: string): string {
  return `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
