import { type ApiOperation, operationsIn } from './api-operations.js';
import { answerChanges } from './answer-changes.js';
import { bodyChanges } from './body-changes.js';
import { type ChangeFinding, UNRELEASED, change } from './change-finding.js';
import type { LockedApi } from './locked-contract.js';
import { mergedPlaces } from './merged-places.js';
import type { OperationUsers } from './operation-users.js';
import { parameterChanges } from './parameter-changes.js';
import { nameless } from '../path-template.js';

/** What has become of the HTTP API that a service had when it was released. */
export function apiChanges(
  service: string,
  before: LockedApi,
  after: LockedApi,
  users: OperationUsers,
): ChangeFinding[] {
  const then = operationsIn(before);
  const now = operationsIn(after);
  const found: ChangeFinding[] = [...goneOperations(service, then, now, users)];
  for (const [name, operation] of then) {
    const same = now.get(name);
    if (!same) continue;
    const both = { service, before: operation, after: same, apis: { before, after }, users };
    found.push(...parameterChanges(both), ...bodyChanges(both), ...answerChanges(both));
  }
  for (const [name, { method, path }] of now)
    if (!then.has(name))
      found.push(
        change('operation-new', {
          service,
          where: `${method} ${path}`,
          before: 'was not there',
          after: 'is there',
          fix: UNRELEASED,
        }),
      );
  return mergedPlaces(found);
}

function goneOperations(
  service: string,
  then: ReadonlyMap<string, ApiOperation>,
  now: ReadonlyMap<string, ApiOperation>,
  users: OperationUsers,
): ChangeFinding[] {
  const paths = new Set([...now.values()].map(({ path }) => nameless(path)));
  const gone = [...then].filter(([name]) => !now.has(name)).map(([, operation]) => operation);
  const byPath = Map.groupBy(gone, ({ path }) => path);
  return [...byPath].flatMap(([path, operations]) => {
    if (!paths.has(nameless(path)))
      return [
        change('path-gone', {
          service,
          where: path,
          before: `took ${operations.map(({ method }) => method).join(', ')}`,
          after: 'is gone',
          readers: users.ofPath(
            path,
            operations.map(({ method }) => method),
          ),
          fix: 'Keep it beside the new one, until nobody calls it.',
        }),
      ];
    return operations.map(({ method }) =>
      change('method-gone', {
        service,
        where: `${method} ${path}`,
        before: 'was there',
        after: 'is gone',
        readers: users.of({ method, path }),
        fix: 'Keep it beside what takes its place, until nobody calls it.',
      }),
    );
  });
}
