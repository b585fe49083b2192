import type { GatewayDefinition } from '../../model/gateway-definition.js';
import type { ServiceDefinition } from '../../model/service-definition.js';
import { listInWords } from './in-words.js';
import { type WiringFinding, finding } from './wiring-finding.js';

type Definition = ServiceDefinition | GatewayDefinition;

/** Names and ports that more than one service or gateway has. */
export function definitionFindings(definitions: readonly Definition[]): WiringFinding[] {
  const all = [...new Set(definitions)];
  return [...sameNames(all), ...samePorts(all)];
}

/** The name is the consumer group too: of two services with one group each would get only some of its events. */
function sameNames(all: readonly Definition[]): WiringFinding[] {
  return several(all, ({ name }) => name).map(([name, same]) =>
    finding('name-twice', {
      service: name,
      what: `${same.length} services are called ${name}: they would share a consumer group, so that each gets only some of the events, a database file and the setting of their URL`,
      fix: 'give each a name of its own',
    }),
  );
}

/** A note: a port is where it listens by default, and in containers all may have the same. */
function samePorts(all: readonly Definition[]): WiringFinding[] {
  // 0: any that is free
  const fixed = all.filter(({ port }) => port !== 0);
  return several(fixed, ({ port }) => port).map(([port, same]) => {
    const names = same.map(({ name }) => name);
    return finding('port-twice', {
      service: names[0]!,
      what: `${listInWords(names)} listen on ${port}, unless PORT says otherwise: on one machine only one of them starts`,
      fix: 'give each a port of its own',
    });
  });
}

function several<K>(all: readonly Definition[], by: (one: Definition) => K): [K, Definition[]][] {
  return [...Map.groupBy(all, by)].filter(([, same]) => same.length > 1);
}
