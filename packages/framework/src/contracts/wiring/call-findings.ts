import { nameless } from '../path-template.js';
import type { ServiceContract } from '../service-contract.js';
import { answerFindings } from './answer-findings.js';
import type { Call } from './call.js';
import { nearest } from './nearest.js';
import { type Neighbours, serviceCalled, whyUnknown } from './neighbours.js';
import { isOwnPath } from './own-paths.js';
import { providedPath } from './provider.js';
import { repeatFindings } from './repeat-findings.js';
import { bodyFindings, queryFindings } from './request-findings.js';
import { callTimeFindings } from './time-findings.js';
import { type WiringFinding, finding } from './wiring-finding.js';

/** What is wrong with what a service calls. */
export function callFindings(contract: ServiceContract, neighbours: Neighbours): WiringFinding[] {
  return contract.calls.flatMap((called) => {
    const call = { ...called, caller: contract.service, about: `${called.client}.${called.operation}` };
    const provider = serviceCalled(neighbours, call.service);
    if (!provider) return [uncheckedCall(call, neighbours), ...repeatFindings(call, undefined)];
    return [
      ...(isOwnPath(call.path) ? [] : operationFindings(call, provider)),
      ...undoFindings(call, provider),
      ...callTimeFindings(call, provider),
    ];
  });
}

function operationFindings(call: Call, provider: ServiceContract): WiringFinding[] {
  const { caller: service, about, method, path } = call;
  const there = providedPath(provider.openApi, path);
  if (!there) return [noSuchPath(call, provider)];
  const provided = there.operation(method);
  if (!provided)
    return [
      finding('call-method', {
        service,
        about,
        what: `${about} is ${method} ${path}, and ${provider.service} answers only ${there.methods.map((one) => one.toUpperCase()).join(', ')} there`,
        fix: `call it with a method that ${provider.service} has, or add the method there`,
      }),
    ];
  const { openApi } = provider;
  return [
    ...queryFindings(call, provided, openApi),
    ...bodyFindings(call, provided, openApi),
    ...answerFindings(call, provided, openApi),
    ...repeatFindings(call, provided),
  ];
}

function noSuchPath(call: Call, { service: provider, openApi }: ServiceContract): WiringFinding {
  const { caller: service, about, method, path } = call;
  const near = nearestPath(path, Object.keys(openApi.paths));
  return finding('call-path', {
    service,
    about,
    what: `${about} is ${method} ${path}, and ${provider} has no such path${near}`,
    fix: `correct the path, or add it to ${provider}`,
  });
}

function undoFindings(call: Call, { service: provider, openApi }: ServiceContract): WiringFinding[] {
  const { caller: service, about, undoPath } = call;
  if (undoPath === undefined) return [];
  if (providedPath(openApi, undoPath)?.operation('DELETE')) return [];
  return [
    finding('call-undo', {
      service,
      about,
      what: `${about} is taken back by DELETE ${undoPath}, which ${provider} does not have: a call that is to be undone stays done, and is tried for ever`,
      fix: `put @Undo() on a method of the aggregate in ${provider}, or name the path that takes it back`,
    }),
  ];
}

function uncheckedCall(call: Call, neighbours: Neighbours): WiringFinding {
  const { caller: service, about, method, path } = call;
  const { what, fix } = whyUnknown(neighbours, call.service);
  return finding('call-unchecked', {
    service,
    about,
    what: `whether ${method} ${path} is there cannot be said: ${what}`,
    fix,
  });
}

function nearestPath(path: string, paths: readonly string[]): string {
  const byForm = new Map(paths.map((one) => [nameless(one), one]));
  const near = nearest(nameless(path), byForm.keys());
  return near === undefined ? '' : `; the nearest is ${byForm.get(near)!}`;
}
