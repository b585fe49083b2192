import { type LocatedSchema, followed, partOf } from '../schema/located-schema.js';
import { inApi } from './api-operations.js';
import { type ChangeFinding, change } from './change-finding.js';
import type { OperationChange } from './operation-change.js';
import { type FieldChangeKind, acceptedChanges } from './field-changes.js';
import { parentField } from './read-paths.js';

/** What callers send in the body: no less may be taken, and no more asked for. */
export function bodyChanges({ service, before, after, apis, users }: OperationChange): ChangeFinding[] {
  const where = `body of ${before.method} ${before.path}`;
  const old = before.operation.requestBody;
  const now = after.operation.requestBody;
  const found: ChangeFinding[] = [];
  if (now?.required && !old?.required)
    found.push(
      change('body-required', {
        service,
        where,
        before: old ? 'could be left out' : 'was not there',
        after: 'must be there',
        readers: users.of(before),
        fix: 'Leave it optional, or add an operation beside this one.',
      }),
    );
  if (!old) return found;
  if (!now)
    return [
      change('body-gone', {
        service,
        where,
        before: 'was taken',
        after: 'is ignored',
        readers: users.ofBody(before),
        fix: 'Go on taking it, or add an operation beside this one.',
      }),
    ];
  for (const [type, { schema }] of Object.entries(old.content)) {
    const same = now.content[type];
    if (!same)
      found.push(
        change('body-media-type', {
          service,
          where,
          before: `was taken as ${type}`,
          after: `is only taken as ${Object.keys(now.content).join(' or ')}`,
          readers: users.ofBody(before),
          fix: `Go on taking ${type}.`,
        }),
      );
    else
      found.push(
        ...acceptedChanges(
          withoutReadOnly(inApi(apis.before, schema)),
          withoutReadOnly(inApi(apis.after, same.schema)),
        ).map((one) =>
          change(`body-field-${rulePart(one.kind)}`, {
            service,
            where,
            path: one.path,
            before: one.before,
            after: one.after,
            readers: users.ofBody(before, one.kind === 'required' ? parentField(one.path) : one.path),
            fix: FIXES[one.kind] ?? NARROWER,
          }),
        ),
      );
  }
  return found;
}

/** What a client sends in a field that only the service sets is ignored, at the top of the body. */
function withoutReadOnly(body: LocatedSchema): LocatedSchema {
  const at = followed(body);
  const { properties, required = [] } = at.schema;
  if (!properties) return at;
  const kept = Object.entries(properties).filter(([, field]) => field['readOnly'] !== true);
  const names = new Set(kept.map(([name]) => name));
  return partOf(at, {
    ...at.schema,
    properties: Object.fromEntries(kept),
    required: required.filter((name) => names.has(name)),
  });
}

/** Nobody sends a field that may be left out and must not. */
function rulePart(kind: FieldChangeKind): Exclude<FieldChangeKind, 'optional'> {
  return kind === 'optional' ? 'required' : kind;
}

const NARROWER =
  'Take what was taken before; for something narrower add a field or an operation beside it, and refuse what does not suit with 422.';
const FIXES: Partial<Readonly<Record<FieldChangeKind, string>>> = {
  gone: 'Go on taking it: what callers send in it would be lost without an error.',
  renamed: 'Take both names, and the old one until nobody sends it.',
  required: 'Leave it optional, with a default that does what was done before.',
};
