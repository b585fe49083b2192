import type { Call } from './call.js';
import type { ProvidedOperation } from './provider.js';
import { type WiringFinding, finding } from './wiring-finding.js';

/** To do one of the others twice is to do it once. */
const NOT_REPEATABLE = ['POST', 'PATCH'];

/**
 * A write that is made again after an answer that was lost happens twice, unless its provider knows it by its key.
 * @param provided undefined: its provider cannot be looked at
 */
export function repeatFindings(call: Call, provided: ProvidedOperation | undefined): WiringFinding[] {
  const { method, attempts, caller: service, about } = call;
  if (attempts < 2 || !NOT_REPEATABLE.includes(method)) return [];
  const times = `${about} makes a ${method} up to ${attempts} times`;
  if (!provided)
    return [
      finding('repeat-unchecked', {
        service,
        about,
        what: `${times}, and whether ${call.service} knows Idempotency-Key cannot be said`,
        fix: `make sure that it does, or leave out retry`,
      }),
    ];
  const isKnown = provided.parameters.some(
    (one) => one.in === 'header' && one.name.toLowerCase() === 'idempotency-key',
  );
  if (isKnown) return [];
  return [
    finding('call-repeat', {
      service,
      about,
      what: `${times}, and ${call.service} does not know Idempotency-Key there: when an answer is lost it is done twice`,
      fix: `leave out retry, or let ${call.service} know the key`,
    }),
  ];
}
