import { isAnything } from './is-anything.js';
import { type LocatedSchema, below, followed, partOf, referredBy } from './located-schema.js';

/** The fields that a schema names. */
export interface DeclaredFields {
  /** By path, as in a `Misfit`: `*` stands for the items of a list and for the fields of a record. */
  readonly fields: ReadonlyMap<string, LocatedSchema>;
  /** Paths of objects that take fields without a name of their own, and of what may be anything. */
  readonly open: ReadonlySet<string>;
}

/** @param kinds also those of each member of a union, which a value need not have */
export function declaredFields(root: LocatedSchema, kinds: 'all' | 'certain' = 'certain'): DeclaredFields {
  const fields = new Map<string, LocatedSchema>();
  const open = new Set<string>();
  collect(root, '', []);
  return { fields, open };

  function collect(part: LocatedSchema, path: string, above: readonly object[]): void {
    const at = followed(part);
    if (above.includes(at.schema)) return;
    const { schema } = at;
    const within = [...above, schema];
    const { $ref, properties, additionalProperties, items, prefixItems, allOf } = schema;
    if (isAnything(schema)) open.add(path);
    if (typeof $ref === 'string') collect(referredBy(at, $ref), path, within);
    for (const [name, field] of Object.entries(properties ?? {})) {
      const inside = below(path, name);
      if (!fields.has(inside)) fields.set(inside, partOf(at, field));
      collect(partOf(at, field), inside, within);
    }
    if (isSchema(additionalProperties)) {
      open.add(path);
      collect(partOf(at, additionalProperties), `${path}/*`, within);
    }
    if (isSchema(items)) collect(partOf(at, items), `${path}/*`, within);
    if (Array.isArray(prefixItems))
      for (const [place, item] of prefixItems.entries())
        collect(partOf(at, item), `${path}/${place}`, within);
    if (Array.isArray(allOf)) for (const one of allOf) collect(partOf(at, one), path, within);
    for (const member of membersOf(at, kinds)) collect(member, path, within);
  }
}

function membersOf(at: LocatedSchema, kinds: 'all' | 'certain'): LocatedSchema[] {
  const { anyOf, oneOf } = at.schema;
  return [anyOf, oneOf].flatMap((union) => {
    if (!Array.isArray(union)) return [];
    const members = union
      .map((one) => partOf(at, one))
      .filter((one) => followed(one).schema['type'] !== 'null');
    return kinds === 'all' || members.length === 1 ? members : [];
  });
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
