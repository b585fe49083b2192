import type { GatewayDefinition } from '../model/gateway-definition.js';
import type { ServiceDefinition } from '../model/service-definition.js';
import { failureLine } from './failure-line.js';
import type { RunningService } from './running-service.js';
import { startGateway } from './start-gateway.js';
import { startService } from './start-service.js';

/**
 * Starts a service or gateway as the business of this process: settings from the environment, stop on SIGTERM and SIGINT. When it cannot
 * start, one line says why and the process ends with exit code 1.
 * @example await start(orderService);
 */
export async function start(definition: ServiceDefinition | GatewayDefinition): Promise<void> {
  let service: RunningService;
  try {
    service = await (definition.kind === 'service' ? startService(definition) : startGateway(definition));
  } catch (error) {
    endWith(failureLine(definition.name, error));
    return;
  }
  // a terminal sends SIGINT to the whole group and the launcher hands it on: the second of a pair changes nothing
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      service.stop().then(
        () => process.exit(0),
        (error: unknown) => endWith(failureLine(definition.name, error)),
      );
    });
  }
}

function endWith(line: string): void {
  process.stderr.write(`${line}\n`, () => process.exit(1));
}
