import type { Contract, ServiceContract } from '../service-contract.js';
import type { PublishedBy } from './published-by.js';

/** All that is known of the others when one is looked at. */
export interface Neighbours {
  readonly services: readonly ServiceContract[];
  /** Services that have faults of their own, so that nothing is known of what they promise. */
  readonly broken: readonly string[];
  /** What services publish of which nothing else is known. */
  readonly elsewhere: readonly PublishedBy[];
}

export function neighboursOf(
  contracts: readonly Contract[],
  broken: readonly string[],
  elsewhere: readonly PublishedBy[],
): Neighbours {
  return { services: contracts.filter((one) => one.kind === 'service'), broken, elsewhere };
}

export function serviceCalled({ services }: Neighbours, name: string): ServiceContract | undefined {
  return services.find(({ service }) => service === name);
}

/** Why nothing can be said of a service, and what to do. */
export function whyUnknown(
  { broken }: Neighbours,
  name: string,
): { readonly what: string; readonly fix: string } {
  return broken.includes(name)
    ? { what: `${name} has faults of its own`, fix: `mend those of ${name} first` }
    : {
        what: `${name} is not among the modules`,
        fix: `name the module of ${name} too, or keep its OpenAPI document in contracts/http/${name}.openapi.json`,
      };
}
