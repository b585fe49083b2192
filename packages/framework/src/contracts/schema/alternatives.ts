import { verdictOn } from './accepts-value.js';
import { type JsonType, ALL_TYPES, isWithin, namedTypes, namedValues, typeOfValue } from './json-type.js';
import { type Conjunction, type LocatedSchema, isNothing, partOf, referredBy } from './located-schema.js';

/** One way in which a value can fit a schema: of one type, with all of these keywords. */
export interface Alternative {
  readonly type: JsonType;
  readonly parts: Conjunction;
  /** The only values that it has; undefined: they are not counted. */
  readonly values: readonly unknown[] | undefined;
}

/** With more of them, the unions are left out: then it says less of a value than it could, never something wrong. */
const MAX_WAYS = 64;

/** All ways in which a value can fit. A union has one for each member, and one for each type. */
export function alternativesOf(sent: Conjunction): Alternative[] {
  return waysOf(sent, new Set())
    .filter((way) => !way.some(isNothing))
    .flatMap(byType);
}

/** The keywords of each way. @param above the schemas that these are members of: such a schema in itself asks for nothing new */
function waysOf(sent: Conjunction, above: ReadonlySet<object>): LocatedSchema[][] {
  const own: LocatedSchema[] = [];
  const unions: (readonly LocatedSchema[])[] = [];
  const seen = new Set<object>();
  gather(sent, own, unions, seen);
  if (own.some(({ schema }) => above.has(schema))) return [[]];
  const within = new Set([...above, ...seen]);
  let ways = [own];
  for (const union of unions) {
    const members = union.flatMap((member) => waysOf([member], within));
    if (ways.length * members.length > MAX_WAYS) continue;
    ways = ways.flatMap((way) => members.map((member) => distinct([...way, ...member])));
  }
  return ways;
}

/** The keywords that hold at once, with those of `$ref` and `allOf`; unions apart. */
function gather(
  sent: Conjunction,
  own: LocatedSchema[],
  unions: (readonly LocatedSchema[])[],
  seen: Set<object>,
): void {
  for (const part of sent) {
    if (seen.has(part.schema)) continue;
    seen.add(part.schema);
    own.push(part);
    const { $ref, allOf, anyOf, oneOf } = part.schema;
    if (typeof $ref === 'string') gather([referredBy(part, $ref)], own, unions, seen);
    for (const union of [anyOf, oneOf])
      if (Array.isArray(union)) unions.push(union.map((member) => partOf(part, member)));
    if (Array.isArray(allOf))
      gather(
        allOf.map((one) => partOf(part, one)),
        own,
        unions,
        seen,
      );
  }
}

function distinct(parts: readonly LocatedSchema[]): LocatedSchema[] {
  return [...new Map(parts.map((part) => [part.schema, part])).values()];
}

function byType(parts: readonly LocatedSchema[]): Alternative[] {
  const types = parts.reduce<readonly JsonType[]>(
    (left, { schema }) => narrowed(left, namedTypes(schema)),
    [...ALL_TYPES],
  );
  const named = parts.map(({ schema }) => namedValues(schema)).find((values) => values !== undefined);
  return types.flatMap((type) => {
    const ofType = (named ?? everyValueOf(type))?.filter(
      (value) =>
        isWithin(typeOfValue(value), type) && parts.every((part) => verdictOn(part, value) !== false),
    );
    return ofType?.length === 0 ? [] : [{ type, parts, values: ofType }];
  });
}

function narrowed(types: readonly JsonType[], named: readonly JsonType[] | undefined): readonly JsonType[] {
  if (!named) return types;
  return [
    ...new Set([
      ...types.filter((type) => named.some((other) => isWithin(type, other))),
      ...named.filter((type) => types.some((other) => isWithin(type, other))),
    ]),
  ];
}

function everyValueOf(type: JsonType): readonly unknown[] | undefined {
  return type === 'null' ? [null] : type === 'boolean' ? [false, true] : undefined;
}
