import { declaredFields } from '../schema/declared-fields.js';
import type { LocatedSchema } from '../schema/located-schema.js';
import type { Misfit } from '../schema/misfit.js';
import { SchemaComparison } from '../schema/schema-comparison.js';

export type FieldChangeKind =
  | 'gone'
  | 'renamed'
  | 'optional'
  | 'required'
  | 'nullable'
  | 'type'
  | 'values'
  | 'range'
  | 'format';

/** A change of a field that somebody may not survive. */
export interface FieldChange {
  readonly kind: FieldChangeKind;
  /** Of the field as it was; of one that is newly required: as it is. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** What readers of what is sent may not survive: a field that is gone, or more than there was before. */
export function sentChanges(before: LocatedSchema, after: LocatedSchema): FieldChange[] {
  const found = misfitsBetween(after, before);
  const gone = fieldsGone(before, after, found);
  const renames = renamesOf(gone, before, after, (old, now) => misfitsBetween(now, old).length === 0);
  return [
    ...gone.map((path) => goneOrRenamed(path, renames)),
    ...found
      .filter(({ path }) => !gone.some((one) => isWithin(path, one)))
      .map(({ path, kind, is, must }): FieldChange => {
        if (kind === 'missing') return goneOrRenamed(path, renames);
        if (kind === 'maybe missing')
          return { kind: 'optional', path, before: 'was always there', after: 'may be absent' };
        return { kind: isNull(is) ? 'nullable' : kind, path, before: `had to ${must}`, after: is };
      }),
  ];
}

/** What those who send may not survive: less is taken than before, or more is asked for. */
export function acceptedChanges(before: LocatedSchema, after: LocatedSchema): FieldChange[] {
  const found = misfitsBetween(before, after);
  // callers may mean any member of a union
  const gone = [...fieldsGone(before, after, found, 'all'), ...closedObjects(before, after, found)];
  const renames = renamesOf(gone, before, after, (old, now) => misfitsBetween(old, now).length === 0);
  const newNames = new Set(renames.values());
  return [
    ...gone.map((path) => goneOrRenamed(path, renames)),
    ...found
      .filter(({ path }) => !newNames.has(path))
      .map(({ path, kind, is, must }): FieldChange => {
        if (kind === 'missing' || kind === 'maybe missing')
          return { kind: 'required', path, before: 'could be left out', after: 'must be there' };
        if (isNull(is)) return { kind: 'nullable', path, before: 'could be null', after: 'must not be null' };
        return { kind, path, before: past(is), after: `must ${must}` };
      }),
  ];
}

function misfitsBetween(sent: LocatedSchema, accepted: LocatedSchema): Misfit[] {
  return new SchemaComparison().compare('', [sent], accepted);
}

/** The fields that are no more; not those inside of them, nor those of an object that is none any more or takes all names. */
function fieldsGone(
  before: LocatedSchema,
  after: LocatedSchema,
  found: readonly Misfit[],
  kinds: 'all' | 'certain' = 'certain',
): string[] {
  const then = declaredFields(before, kinds);
  const now = declaredFields(after);
  const all = declaredFields(after, 'all').fields;
  const retyped = found.filter(({ kind }) => kind === 'type' || kind === 'values').map(({ path }) => path);
  const gone: string[] = [];
  for (const path of then.fields.keys()) {
    if (all.has(path)) continue;
    if (now.open.has(parentOf(path))) continue;
    if (![...gone, ...retyped].some((one) => isWithin(path, one) && one !== path)) gone.push(path);
  }
  return gone;
}

/** Objects that took any name, and take only some now: the fields of the others, as `*`. */
function closedObjects(before: LocatedSchema, after: LocatedSchema, found: readonly Misfit[]): string[] {
  const now = declaredFields(after, 'all');
  return [...declaredFields(before).open]
    .filter((path) => path === '' || now.fields.has(path))
    .filter((path) => !now.open.has(path) && !found.some((one) => isWithin(path, one.path)))
    .map((path) => `${path}/*`);
}

/** New names by old ones: a field that came where one went, and that fits. */
function renamesOf(
  gone: readonly string[],
  before: LocatedSchema,
  after: LocatedSchema,
  fits: (old: LocatedSchema, now: LocatedSchema) => boolean,
): Map<string, string> {
  const then = declaredFields(before).fields;
  const now = declaredFields(after).fields;
  const renames = new Map<string, string>();
  const come = new Set([...now.keys()].filter((path) => !then.has(path)));
  for (const old of gone.filter((path) => then.has(path))) {
    const name = [...come].find(
      (path) => parentOf(path) === parentOf(old) && fits(then.get(old)!, now.get(path)!),
    );
    if (name === undefined) continue;
    renames.set(old, name);
    come.delete(name);
  }
  return renames;
}

function goneOrRenamed(path: string, renames: ReadonlyMap<string, string>): FieldChange {
  const name = renames.get(path);
  if (name === undefined) return { kind: 'gone', path, before: 'was there', after: 'is gone' };
  const after = `is gone; it looks as if it were called ${name.slice(name.lastIndexOf('/') + 1)} now`;
  return { kind: 'renamed', path, before: 'was there', after };
}

/** `may be` and `is` as they were. */
const past = (is: string) => is.replace(/^may /, 'could ').replace(/^is /, 'was ');

const isNull = (is: string) => is === 'may be null' || is === 'is null';

const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/'));

const isWithin = (path: string, outer: string) => path === outer || path.startsWith(`${outer}/`);
