import type { BootFault } from '../../kernel/errors/start-errors.js';
import type { GatewayDefinition } from '../../model/gateway-definition.js';
import type { Environment } from '../settings.js';
import { urlFaults } from './client-faults.js';
import { duplicates } from './duplicates.js';

/** What is wrong with the routes of a gateway. */
export function gatewayFaults({ routes }: GatewayDefinition, environment: Environment): BootFault[] {
  return [
    ...routes.flatMap(({ path, service, url }) => urlFaults(`the route ${path}`, service, url, environment)),
    ...routes
      .filter(({ path }) => !/^\/([A-Za-z0-9._~-]+\/?)*$/.test(path) || path.startsWith('/actuator'))
      .map(({ path }) => ({
        what: `the route ${JSON.stringify(path)} is no path of a service`,
        fix: 'begin it with / and leave /actuator to the gateway',
      })),
    ...duplicates(
      routes,
      ({ path }) => path.replace(/\/$/, ''),
      ({ service }) => service,
      (path, services) => ({
        what: `the path ${path} is routed to ${services}`,
        fix: 'route each path to one service',
      }),
    ),
  ];
}
