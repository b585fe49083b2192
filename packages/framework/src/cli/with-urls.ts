import { feignClientNote } from '../model/feign-client.js';
import type { GatewayDefinition } from '../model/gateway-definition.js';
import type { ServiceDefinition } from '../model/service-definition.js';
import { type Environment, urlSettingOf } from '../service/settings.js';

/** Where services are belongs to where it runs: one that has no URL here is no fault of the wiring. */
export function withUrls(definition: ServiceDefinition | GatewayDefinition): Environment {
  const called =
    definition.kind === 'gateway'
      ? definition.routes.map(({ service, url }) => ({ name: service, url }))
      : definition.clients.map((client) => feignClientNote.of(client));
  return Object.fromEntries(
    called
      .filter((one) => one !== undefined && one.url === undefined)
      .map((one) => [urlSettingOf(one!.name), 'http://localhost']),
  );
}
