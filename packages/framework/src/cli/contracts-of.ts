import { contractOf } from '../contracts/contract-of.js';
import type { Contract } from '../contracts/service-contract.js';
import { checkService } from '../service/boot-check.js';
import { allDefinitionsOf } from './definitions.js';
import { withUrls } from './with-urls.js';

/** The contracts of all services and gateways that modules export, by name. @throws BootCheckError, and as `allDefinitionsOf` */
export async function contractsOf(modules: readonly string[]): Promise<Contract[]> {
  const found = await allDefinitionsOf(modules);
  return found.map(({ definition }) => {
    checkService(definition, withUrls(definition));
    return contractOf(definition);
  });
}
