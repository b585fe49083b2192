import type { PactFile } from '../pact-file.js';
import type { Contract } from '../service-contract.js';
import { apiChanges } from './api-changes.js';
import { type ChangeFinding, UNRELEASED, change } from './change-finding.js';
import { eventChanges } from './event-changes.js';
import { EventReaders } from './event-readers.js';
import { gatewayChanges } from './gateway-changes.js';
import type { LockedContract } from './locked-contract.js';
import { OperationUsers } from './operation-users.js';
import type { Reader } from './reader.js';

/**
 * What has become of what services promised, and who counts on it.
 * @param before what the lock says
 * @param after all services and gateways as they are
 * @param pacts between them, and with others
 */
export function contractChanges(
  before: readonly LockedContract[],
  after: readonly Contract[],
  pacts: readonly PactFile[],
): ChangeFinding[] {
  const gateways = before.filter((contract) => contract.kind === 'gateway');
  const known = new Set(before.map(({ service }) => service));
  const found = before.flatMap((then) => {
    const { service } = then;
    const now = after.find((one) => one.service === service);
    if (then.kind === 'gateway')
      return now?.kind === 'gateway' ? gatewayChanges(then, now, pacts) : [gone(then, after, pacts)];
    if (now?.kind !== 'service') return [gone(then, after, pacts)];
    const readers = new EventReaders(service, then.publishes, after, pacts);
    const users = new OperationUsers(service, after, pacts, gateways);
    return [
      ...eventChanges(service, then.publishes, now.publishes, readers),
      ...apiChanges(service, then.openApi, now.openApi, users),
    ];
  });
  const come = after
    .filter(({ service }) => !known.has(service))
    .map(({ service, kind }) =>
      change('service-new', {
        service,
        where: kind,
        before: 'was not there',
        after: 'is there',
        fix: UNRELEASED,
      }),
    );
  return [...found, ...come];
}

/** A whole service, or a service that has become a gateway. */
function gone(then: LockedContract, after: readonly Contract[], pacts: readonly PactFile[]): ChangeFinding {
  const { service, kind } = then;
  const byPact = pacts
    .filter(({ provider }) => provider.name === service)
    .map(({ consumer }): Reader => ({ consumer: consumer.name, by: 'pact', as: undefined }));
  const byCode = after.flatMap((one): Reader[] => {
    if (one.kind === 'gateway') {
      const routes = one.routes.filter((route) => route.service === service).map(({ path }) => path);
      return routes.map((path) => ({ consumer: one.service, by: 'code', as: `route ${path}` }));
    }
    const calls = one.calls.filter((call) => call.service === service);
    const reads = one.reads.filter(
      (read) =>
        then.kind === 'service' &&
        then.publishes.some(({ eventType, topic }) => eventType === read.eventType && topic === read.topic),
    );
    return [
      ...calls.map(({ client, operation }) => `${client}.${operation}`),
      ...reads.flatMap(({ readers }) => readers.map(({ method }) => method)),
    ].map((as) => ({ consumer: one.service, by: 'code', as }));
  });
  return change('service-gone', {
    service,
    where: kind,
    before: 'was there',
    after: 'is not among the modules',
    readers: [...byCode, ...byPact],
    fix: `Name its module too. If it is no more and nobody needs it: skanu contracts release … --forget ${service}`,
  });
}
