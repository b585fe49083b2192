import { ConfigurationError } from '../../kernel/errors/start-errors.js';
import { type Command, USAGE_ERROR } from '../command.js';
import { pactsToTell } from './contracts-publish.js';
import { PactBrokerClient } from './pact-broker-client.js';
import { pactBrokerSettingsOf } from './pact-broker-settings.js';

/**
 * Tells a Pact Broker that services keep their promises. To be run after their tests have passed: it verifies nothing itself, and so is told for whom it may speak.
 * A pact with a service of somebody else is not ours to vouch for.
 */
export const contractsVerified: Command = {
  usage: 'contracts verified SERVICE... [--contracts DIR]',
  summary: 'tells the Pact Broker that these services keep their published pacts; run it after their tests',
  options: { contracts: 'where the folder pacts is; default: contracts' },
  async run({ environment, out }, services, { contracts = 'contracts' }) {
    if (services.length === 0) return USAGE_ERROR;
    const settings = pactBrokerSettingsOf(environment);
    const broker = new PactBrokerClient(settings);
    const pacts = (await pactsToTell(contracts)).map(({ pact }) => pact);
    const byProvider = Map.groupBy(pacts, ({ provider }) => provider.name);
    // all names before the first request
    for (const service of services)
      if (!byProvider.has(service))
        throw new ConfigurationError(
          `no pact in ${contracts}/pacts asks anything of ${service}`,
          `Name some of ${[...byProvider.keys()].toSorted().join(', ')}.`,
        );
    for (const service of new Set(services)) {
      const consumers = byProvider.get(service)!.map(({ consumer }) => consumer.name);
      for (const consumer of consumers) await broker.verified(service, consumer);
      out.write(`verified ${service} ${settings.version}: keeps its pacts with ${consumers.join(', ')}\n`);
    }
    return 0;
  },
};
