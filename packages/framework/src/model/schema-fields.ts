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

/** What is inside of optional, nullable, default and the like. Where a value is changed on the way: what it is afterwards. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  return layers(schema, 'output').inner;
}

/** The same; where a value is changed on the way: what it is before. */
export function unwrappedInput(schema: z.ZodType): z.ZodType {
  return layers(schema, 'input').inner;
}

/** Whether the schema makes one kind of value of another, so that its output is no input for it (a codec). */
export function changesKind(schema: z.ZodType): boolean {
  return kindOf(unwrapped(schema)) !== kindOf(unwrappedInput(schema));
}

function describe(name: string, schema: z.ZodType): SchemaField {
  const { inner, optional, nullable, defaultValue, readOnly } = layers(schema, 'output');
  const values = closedList(inner);
  return { name, kind: kindOf(inner), optional, nullable, default: defaultValue, readOnly, values };
}

function layers(schema: z.ZodType, side: 'input' | 'output') {
  let inner = schema;
  let optional = false;
  let nullable = false;
  let required = false;
  let filled = false;
  let readOnly = false;
  for (;;) {
    readOnly ||= inner.meta()?.['readOnly'] === true;
    if (inner instanceof z.ZodOptional) optional ||= !required;
    else if (inner instanceof z.ZodNonOptional) required = true;
    else if (inner instanceof z.ZodNullable) nullable = true;
    else if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) filled = true;
    else if (inner instanceof z.ZodPipe) {
      inner = sideOf(inner, side);
      continue;
    } else if (inner instanceof z.ZodUnion) {
      const options = inner.options as readonly z.ZodType[];
      const rest = options.filter((one) => !(one instanceof z.ZodNull || one instanceof z.ZodUndefined));
      nullable ||= options.some((one) => one instanceof z.ZodNull);
      optional ||= !required && options.some((one) => one instanceof z.ZodUndefined);
      if (rest.length !== 1) break;
      inner = rest[0]!;
      continue;
    } else if (!(inner instanceof z.ZodReadonly || inner instanceof z.ZodCatch)) break;
    inner = inner.def.innerType as z.ZodType;
  }
  if (inner instanceof z.ZodAny || inner instanceof z.ZodUnknown) optional = nullable = true;
  if (closedList(inner)?.includes(null)) nullable = true;
  // asked of the schema itself: what `prefault` and a pipe say is input, and still to be changed
  const defaultValue = filled ? schema.safeParse(undefined).data : undefined;
  // a default fills what is absent, so the output never is
  return { inner, optional: optional && defaultValue === undefined, nullable, defaultValue, readOnly };
}

/** One end of a pipe; where that is a mere function (`transform`, `preprocess`), the other. */
function sideOf({ def }: z.ZodPipe, side: 'input' | 'output'): z.ZodType {
  const [wanted, other] = side === 'input' ? [def.in, def.out] : [def.out, def.in];
  return (wanted instanceof z.ZodTransform ? other : wanted) as z.ZodType;
}

function closedList(schema: z.ZodType): readonly unknown[] | undefined {
  if (schema instanceof z.ZodEnum) return schema.options;
  if (schema instanceof z.ZodLiteral) return [...schema.values];
  if (!(schema instanceof z.ZodUnion)) return undefined;
  const lists = (schema.options as readonly z.ZodType[]).map((one) => closedList(unwrapped(one)));
  return lists.includes(undefined) ? undefined : lists.flatMap((list) => list!);
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
  if (values) return kindOfValues(values.filter((value) => value !== null && value !== undefined));
  if (schema instanceof z.ZodUnion) {
    const kinds = new Set((schema.options as readonly z.ZodType[]).map((one) => kindOf(unwrapped(one))));
    if (kinds.size === 1) return [...kinds][0]!;
  }
  return 'json';
}

function kindOfValues(values: readonly unknown[]): FieldKind {
  if (values.every((value) => typeof value === 'string')) return 'text';
  if (values.every((value) => typeof value === 'boolean')) return 'boolean';
  if (values.every((value) => typeof value === 'bigint')) return 'bigint';
  if (values.every((value) => typeof value === 'number'))
    return values.every(Number.isSafeInteger) ? 'integer' : 'double';
  return 'json';
}
