import { type Command, USAGE_ERROR } from '../command.js';
import { PactBrokerClient } from './pact-broker-client.js';
import { pactBrokerSettingsOf } from './pact-broker-settings.js';

/** Asks a Pact Broker whether a service fits what runs in an environment. */
export const contractsCanIDeploy: Command = {
  usage: 'contracts can-i-deploy SERVICE --to ENVIRONMENT',
  summary: 'asks the Pact Broker whether a service fits what runs there; ends with 1 when it does not',
  options: { to: 'the environment, as the broker calls it' },
  async run({ environment, out }, [service, ...more], { to }) {
    if (!service || !to || more.length > 0) return USAGE_ERROR;
    const settings = pactBrokerSettingsOf(environment);
    const { isDeployable, reason } = await new PactBrokerClient(settings).canIDeploy(service, to);
    const verdict = isDeployable ? 'can' : 'cannot';
    out.write(`${service} ${settings.version} ${verdict} go to ${to}${reason === '' ? '' : `: ${reason}`}\n`);
    return isDeployable ? 0 : 1;
  },
};
