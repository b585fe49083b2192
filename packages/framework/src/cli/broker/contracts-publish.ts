import { ConfigurationError } from '../../kernel/errors/start-errors.js';
import { type Command, USAGE_ERROR } from '../command.js';
import { type FoundPact, foundPactsIn } from '../pacts-in.js';
import { PactBrokerClient } from './pact-broker-client.js';
import { pactBrokerSettingsOf } from './pact-broker-settings.js';

/** Shows a Pact Broker what the services of the repository ask of each other. */
export const contractsPublish: Command = {
  usage: 'contracts publish [--contracts DIR]',
  summary: 'sends the pacts to the Pact Broker that PACT_BROKER_BASE_URL names',
  options: { contracts: 'where the folder pacts is; default: contracts' },
  async run({ environment, out }, words, { contracts = 'contracts' }) {
    if (words.length > 0) return USAGE_ERROR;
    const settings = pactBrokerSettingsOf(environment);
    const broker = new PactBrokerClient(settings);
    const byConsumer = Map.groupBy(await pactsToTell(contracts), ({ pact }) => pact.consumer.name);
    const version = `${settings.version}${settings.branch === undefined ? '' : ` on ${settings.branch}`}`;
    // run again after a failure, it sends those before once more, which changes nothing
    for (const [consumer, found] of byConsumer) {
      const pacts = found.map(({ pact, bytes }) => ({ provider: pact.provider.name, bytes }));
      await broker.publish(consumer, pacts);
      out.write(`published ${consumer} ${version}: ${pacts.map(({ provider }) => provider).join(', ')}\n`);
    }
    return 0;
  },
};

/** @throws ConfigurationError when there are none: a wrong folder is not to look like a success */
export async function pactsToTell(contracts: string): Promise<FoundPact[]> {
  const found = await foundPactsIn(contracts);
  if (found.length > 0) return found;
  throw new ConfigurationError(
    `there are no pacts in ${contracts}/pacts`,
    'Run the contract tests first, or name the folder with --contracts.',
  );
}
