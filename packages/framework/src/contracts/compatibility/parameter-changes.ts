import type { OpenApiParameter } from '../service-contract.js';
import { inApi } from './api-operations.js';
import { type ChangeFinding, change } from './change-finding.js';
import type { OperationChange } from './operation-change.js';
import { acceptedChanges } from './field-changes.js';

/** Parameters in the path, the query and the headers: none may go, be asked for anew or take less. */
export function parameterChanges({ service, before, after, apis, users }: OperationChange): ChangeFinding[] {
  const operation = `${before.method} ${before.path}`;
  const place = (one: OpenApiParameter) => `${one.in} parameter ${one.name} of ${operation}`;
  const found: ChangeFinding[] = [];
  for (const [key, old] of before.parameters) {
    const now = after.parameters.get(key);
    const parts = { service, where: place(old), readers: users.ofParameter(before, old.name, old.in) };
    if (!now)
      found.push(
        change('parameter-gone', {
          ...parts,
          before: 'was taken',
          after: 'is ignored',
          fix: `Go on taking it: callers who send it would get another answer, and no error.`,
        }),
      );
    else
      found.push(
        ...acceptedChanges(inApi(apis.before, old.schema), inApi(apis.after, now.schema)).map((one) =>
          change('parameter-narrower', {
            ...parts,
            path: one.path,
            before: one.before,
            after: one.after,
            fix: 'Take what was taken before; for something narrower add a parameter of another name.',
          }),
        ),
      );
  }
  for (const [key, now] of after.parameters) {
    if (!now.required || before.parameters.get(key)?.required) continue;
    // in a path there is always something
    if (now.in === 'path') continue;
    found.push(
      change('parameter-required', {
        service,
        where: place(now),
        before: before.parameters.has(key) ? 'could be left out' : 'was not there',
        after: 'must be there',
        readers: users.of(before),
        fix: 'Leave it optional, with a default that does what was done before.',
      }),
    );
  }
  return found;
}
