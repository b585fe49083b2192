import type { GatewayContract } from '../service-contract.js';
import { nearest } from './nearest.js';
import { type Neighbours, serviceCalled, whyUnknown } from './neighbours.js';
import { isOwnPath } from './own-paths.js';
import { routeTimeFindings } from './time-findings.js';
import { type WiringFinding, finding } from './wiring-finding.js';

/** What is wrong with the routes of a gateway. */
export function routeFindings(gateway: GatewayContract, neighbours: Neighbours): WiringFinding[] {
  const { service } = gateway;
  return gateway.routes.flatMap(({ path, service: name }) => {
    const provider = serviceCalled(neighbours, name);
    if (!provider) {
      const { what, fix } = whyUnknown(neighbours, name);
      const why = `whether anything is behind ${path} cannot be said: ${what}`;
      return [finding('route-unchecked', { service, about: path, what: why, fix })];
    }
    const base = path.replace(/\/+$/, '');
    const paths = Object.keys(provider.openApi.paths);
    const isThere = isOwnPath(base) || paths.some((one) => one === base || one.startsWith(`${base}/`));
    const times = routeTimeFindings(gateway, path, provider);
    if (isThere) return times;
    const near = nearest(base, paths);
    return [
      finding('route-path', {
        service,
        about: path,
        what: `${path} is routed to ${name}, which has no path under it${near === undefined ? '' : `; the nearest is ${near}`}`,
        fix: `route a path that ${name} has`,
      }),
      ...times,
    ];
  });
}
