import type { CalledOperation, GatewayContract, ServiceContract } from '../service-contract.js';
import type { Call } from './call.js';
import { secondsInWords } from './in-words.js';
import { type WiringFinding, finding } from './wiring-finding.js';

/** Reads call nobody: what calls others is hooks and commands. */
const READS = ['GET', 'HEAD'];

/**
 * Whether a caller waits as long as what it calls may have to wait for others. Which operation of a service makes which of its calls nobody declares, so
 * the longest single one counts for all that are no reads. One after the other they may take longer still: that is not looked at.
 */
export function callTimeFindings(call: Call, provider: ServiceContract): WiringFinding[] {
  const longest = longestCall(provider);
  if (READS.includes(call.method) || !longest || longest.timeoutMs <= call.timeoutMs) return [];
  const { caller: service, about } = call;
  return [
    finding('call-time', {
      service,
      about,
      what: `${about} waits ${secondsInWords(call.timeoutMs)} for ${provider.service}, ${whichWaits(longest)}`,
      fix: fixOf(`timeoutMs of ${about}`, longest),
    }),
  ];
}

/** The same of a route of a gateway. */
export function routeTimeFindings(
  { service, timeoutMs }: GatewayContract,
  path: string,
  provider: ServiceContract,
): WiringFinding[] {
  const longest = longestCall(provider);
  if (!longest || longest.timeoutMs <= timeoutMs) return [];
  return [
    finding('route-time', {
      service,
      about: path,
      what: `${service} waits ${secondsInWords(timeoutMs)} for ${provider.service} behind ${path}, ${whichWaits(longest)}`,
      fix: fixOf(`timeoutMs of ${service}`, longest),
    }),
  ];
}

function longestCall({ calls }: ServiceContract): CalledOperation | undefined {
  return calls.toSorted((one, other) => other.timeoutMs - one.timeoutMs)[0];
}

function whichWaits({ client, operation, service, timeoutMs }: CalledOperation): string {
  return `which itself may wait ${secondsInWords(timeoutMs)} for ${service} (${client}.${operation}): the caller gives up what may still succeed`;
}

function fixOf(limit: string, { client, operation, timeoutMs }: CalledOperation): string {
  return `raise ${limit} above ${timeoutMs}, or lower that of ${client}.${operation}`;
}
