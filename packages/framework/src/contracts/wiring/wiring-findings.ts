import type { Contract } from '../service-contract.js';
import { callFindings } from './call-findings.js';
import { readFindings, unreadFindings } from './event-findings.js';
import { neighboursOf } from './neighbours.js';
import type { PublishedBy } from './published-by.js';
import { routeFindings } from './route-findings.js';
import type { WiringFinding } from './wiring-finding.js';

/**
 * Everything between services that does not fit, from what each promises and needs.
 * @param broken services that could not be made a contract of: nothing is said that depends on them
 * @param elsewhere what services publish of which nothing else is known
 */
export function wiringFindings(
  contracts: readonly Contract[],
  broken: readonly string[] = [],
  elsewhere: readonly PublishedBy[] = [],
): WiringFinding[] {
  const neighbours = neighboursOf(contracts, broken, elsewhere);
  return contracts.flatMap((contract) =>
    contract.kind === 'gateway'
      ? routeFindings(contract, neighbours)
      : [
          ...readFindings(contract, neighbours),
          ...unreadFindings(contract, neighbours),
          ...callFindings(contract, neighbours),
        ],
  );
}
