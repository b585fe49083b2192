import { z } from 'zod';

/** What a field holds, as far as storage, search and coercion care. */
export type FieldKind = 'integer' | 'double' | 'bigint' | 'boolean' | 'text' | 'timestamp' | 'json';

/** One field of a state's or event's schema. */
export interface SchemaField {
  readonly name: string;
  readonly kind: FieldKind;
  /** It may be absent. */
  readonly optional: boolean;
  /** It may be null. */
  readonly nullable: boolean;
  /** What it is when the input leaves it out. */
  readonly default: unknown;
  /** Set by the service only: ignored in what clients send (`.meta({ readOnly: true })`). */
  readonly readOnly: boolean;
  /** What it may be, where that is a closed list. */
  readonly values: readonly unknown[] | undefined;
}

const known = new WeakMap<z.ZodObject, readonly SchemaField[]>();

/** The fields of an object schema in their order. */
export function schemaFields(schema: z.ZodObject): readonly SchemaField[] {
  let fields = known.get(schema);
  if (!fields)
    known.set(
      schema,
      (fields = Object.entries(schema.shape).map(([name, field]) => describe(name, field as z.ZodType))),
    );
  return fields;
}

/** What is inside of optional, nullable, default and the like. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  const { inner } = layers(schema);
  return inner;
}

function describe(name: string, schema: z.ZodType): SchemaField {
  const { inner, optional, nullable, defaultValue, readOnly } = layers(schema);
  const values = closedList(inner);
  return { name, kind: kindOf(inner), optional, nullable, default: defaultValue, readOnly, values };
}

function layers(schema: z.ZodType) {
  let inner = schema;
  let optional = false;
  let nullable = false;
  let defaultValue: unknown;
  let readOnly = false;
  for (;;) {
    readOnly ||= inner.meta()?.['readOnly'] === true;
    if (inner instanceof z.ZodOptional) optional = true;
    else if (inner instanceof z.ZodNullable) nullable = true;
    else if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault)
      defaultValue ??= inner.def.defaultValue;
    else if (inner instanceof z.ZodPipe) {
      inner = inner.def.out as z.ZodType;
      continue;
    } else if (
      !(inner instanceof z.ZodReadonly || inner instanceof z.ZodCatch || inner instanceof z.ZodNonOptional)
    )
      break;
    inner = inner.def.innerType as z.ZodType;
  }
  // a default fills what is absent, so the output never is
  return { inner, optional: optional && defaultValue === undefined, nullable, defaultValue, readOnly };
}

function closedList(schema: z.ZodType): readonly unknown[] | undefined {
  if (schema instanceof z.ZodEnum) return schema.options;
  if (schema instanceof z.ZodLiteral) return [...schema.values];
  return undefined;
}

function kindOf(schema: z.ZodType): FieldKind {
  if (schema instanceof z.ZodNumber) return schema.isInt ? 'integer' : 'double';
  if (schema instanceof z.ZodBigInt) return 'bigint';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodDate) return 'timestamp';
  if (
    schema instanceof z.ZodString ||
    schema instanceof z.ZodStringFormat ||
    schema instanceof z.ZodTemplateLiteral
  )
    return 'text';
  const values = closedList(schema);
  if (values?.every((value) => typeof value === 'string')) return 'text';
  if (values?.every((value) => typeof value === 'boolean')) return 'boolean';
  if (values?.every((value) => typeof value === 'number'))
    return values.every(Number.isSafeInteger) ? 'integer' : 'double';
  return 'json';
}
