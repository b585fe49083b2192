import type { GatewayContract } from '../service-contract.js';
import type { PactFile } from '../pact-file.js';
import { type ChangeFinding, UNRELEASED, change } from './change-finding.js';
import { serviceOf } from './operation-users.js';
import type { Reader } from './reader.js';

/** What has become of what a gateway let through when it was released. */
export function gatewayChanges(
  before: GatewayContract,
  after: GatewayContract,
  pacts: readonly PactFile[],
): ChangeFinding[] {
  const { service } = before;
  const found: ChangeFinding[] = [];
  for (const route of before.routes) {
    const readers = usersOf(before, route.path, pacts);
    const parts = { service, where: `route ${route.path}`, readers, before: `led to ${route.service}` };
    // a route may be taken over by a shorter one that leads to the same service
    const now = serviceOf(after.routes, route.path);
    if (now === undefined)
      found.push(
        change('route-gone', {
          ...parts,
          after: 'is gone',
          fix: 'Keep it until nobody comes that way.',
        }),
      );
    else if (now !== route.service)
      found.push(
        change('route-target', {
          ...parts,
          after: `leads to ${now}`,
          fix: `Let it lead to ${route.service}, and give ${now} a route of its own.`,
        }),
      );
  }
  if (after.timeoutMs < before.timeoutMs)
    found.push(
      change('route-time', {
        service,
        where: 'time limit',
        before: `waited ${before.timeoutMs} ms for a service`,
        after: `waits ${after.timeoutMs} ms`,
        readers: usersOf(before, undefined, pacts),
        fix: 'See that no answer takes that long; skanu check knows the longest calls.',
      }),
    );
  for (const { path, service: target } of after.routes) {
    if (before.routes.some((route) => route.path === path)) continue;
    const was = serviceOf(before.routes, path);
    const parts = { service, where: `route ${path}`, after: `leads to ${target}` };
    if (was === undefined || was === target)
      found.push(change('route-new', { ...parts, before: 'was not there', fix: UNRELEASED }));
    // all under it went to another service before
    else
      found.push(
        change('route-target', {
          ...parts,
          before: `led to ${was}`,
          readers: usersOf(before, path, pacts),
          fix: `Let it lead to ${was}, and give ${target} a route of its own.`,
        }),
      );
  }
  return found;
}

function usersOf(
  { service, routes }: GatewayContract,
  path: string | undefined,
  pacts: readonly PactFile[],
): Reader[] {
  return pacts
    .filter(
      ({ provider, interactions }) =>
        provider.name === service &&
        (path === undefined ||
          interactions.some(
            (one) => one.type === 'Synchronous/HTTP' && isUnder(one.request.path, path, routes),
          )),
    )
    .map(({ consumer }): Reader => ({ consumer: consumer.name, by: 'pact', as: undefined }));
}

function isUnder(path: string, route: string, routes: GatewayContract['routes']): boolean {
  const under = path === route || path.startsWith(`${route.replace(/\/$/, '')}/`);
  return under && serviceOf(routes, path) !== undefined;
}
