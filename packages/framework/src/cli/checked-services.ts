import { contractOf } from '../contracts/contract-of.js';
import { definitionFindings } from '../contracts/wiring/definition-findings.js';
import { type Guarantee, guaranteesOf } from '../contracts/wiring/guarantees.js';
import { type WiringFinding, finding } from '../contracts/wiring/wiring-finding.js';
import { wiringFindings } from '../contracts/wiring/wiring-findings.js';
import { bootFaults } from '../service/boot-check.js';
import { Declarations, type Place } from './declarations.js';
import type { FoundDefinition } from './definitions.js';
import { outsideContracts } from './outside-contracts.js';
import { withUrls } from './with-urls.js';

/** What `skanu check` says of one service or gateway. */
export interface CheckedService {
  readonly service: string;
  readonly kind: 'service' | 'gateway';
  readonly findings: readonly (WiringFinding & { readonly places: readonly Place[] })[];
  /** None, when it has faults of its own. */
  readonly guarantees: readonly Guarantee[];
}

/**
 * Checks all of them together.
 * @param folder where documents of other services may be
 */
export async function checkedServices(
  all: readonly FoundDefinition[],
  folder: string,
): Promise<CheckedService[]> {
  const definitions = all.map(({ definition }) => definition);
  const boot = definitions.flatMap((definition) =>
    bootFaults(definition, withUrls(definition)).map((fault) =>
      finding('boot', { service: definition.name, ...fault }),
    ),
  );
  const broken = new Set(boot.map(({ service }) => service));
  const sound = definitions.filter(({ name }) => !broken.has(name));
  const contracts = sound.map(contractOf);
  const names = definitions.map(({ name }) => name);
  const outside = await outsideContracts(contracts, names, folder);
  const findings = [
    ...boot,
    ...definitionFindings(definitions),
    ...wiringFindings([...contracts, ...outside.services], [...broken], outside.publishes),
  ];
  const byName = Map.groupBy(all, ({ definition }) => definition.name);
  return Promise.all(
    [...byName].map(async ([service, same]) => {
      const declarations = await Promise.all(same.map(({ file }) => Declarations.beside(file)));
      return {
        service,
        kind: same[0]!.definition.kind,
        findings: findings
          .filter((one) => one.service === service)
          .map((one) => ({ ...one, places: declarations.map((each) => each.placeOf(one.about)) })),
        guarantees: sound
          .filter((one) => one.name === service)
          .flatMap((one) => (one.kind === 'service' ? guaranteesOf(one, contracts) : [])),
      };
    }),
  );
}
