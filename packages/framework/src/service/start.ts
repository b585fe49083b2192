import type { GatewayDefinition } from '../model/gateway-definition.js';
import type { ServiceDefinition } from '../model/service-definition.js';
import { failureLine } from './failure-line.js';
import type { RunningService } from './running-service.js';
import type { GatewayStartOptions } from './start-gateway.js';
import type { StartOptions } from './start-service.js';

// What runs a service is loaded when one is started: who only imports the words (a unit test, a tool that reads
// declarations) does not pay for the HTTP server, the database and the clients.

/**
 * Starts a service in this process and resolves when it is ready. Several may run side by side; they share nothing.
 * @throws BootCheckError, ConfigurationError, PortUnavailableError, and what the engines throw; nothing is left running then
 */
export async function startService(
  definition: ServiceDefinition,
  options?: StartOptions,
): Promise<RunningService> {
  const module = await import('./start-service.js');
  return module.startService(definition, options);
}

/**
 * Starts a gateway in this process and resolves when it is ready. The services behind it need not be.
 * @throws BootCheckError, ConfigurationError, PortUnavailableError; nothing is left running then
 */
export async function startGateway(
  definition: GatewayDefinition,
  options?: GatewayStartOptions,
): Promise<RunningService> {
  const module = await import('./start-gateway.js');
  return module.startGateway(definition, options);
}

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
