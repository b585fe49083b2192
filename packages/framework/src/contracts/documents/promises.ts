import type { PactFile } from '../pact-file.js';
import type { CalledOperation, Contract, GatewayContract } from '../service-contract.js';
import { type GeneratedDocument, pageDocument } from './document.js';
import { type EventLink, eventLinks, servicesOf, travelling } from './event-links.js';
import { type FieldsRead, answerFieldsRead, eventFieldsRead, leaves, schemaFields } from './fields-read.js';
import { pactOperations } from './pact-operations.js';
import { codes, markdownTable } from './markdown-table.js';
import { byText } from './sorting.js';
import { wireName } from '../../model/wire-name.js';

const LEGEND =
  'What each service promises, to whom, and what those read of it: by their pact, or, where there is none, by the schema that they read with.' +
  ' A dot leads into an object, a star stands for the items of a list.';
const NOBODY = 'nobody here';

/** Who promises what to whom: for each service its events and operations, and who depends on which of their fields. */
export function promises(contracts: readonly Contract[], pacts: readonly PactFile[]): GeneratedDocument {
  const links = eventLinks(contracts);
  const known = new Set(contracts.map(({ service }) => service));
  const calls = callsOf(contracts);
  const missing = calls.map(({ call }) => call.service).filter((service) => !known.has(service));
  return pageDocument('promises.md', 'Who promises what to whom', [
    LEGEND,
    ...byText(contracts, ({ service }) => service).flatMap((contract) => {
      if (contract.kind === 'gateway')
        return [
          `## ${contract.service}`,
          ...routesPart(contract),
          ...operationsPart(calls, contract.service, pacts, known),
        ];
      const { service, version } = contract;
      return [
        `## ${service}`,
        `Version ${version}.`,
        ...eventsPart(
          links.filter(({ from }) => from?.service === service),
          pacts,
        ),
        ...operationsPart(calls, service, pacts, known),
        ...routedPart(service, contracts),
      ];
    }),
    ...elsewherePart(
      links.filter(({ from }) => !from),
      [...new Set(missing)],
      calls,
      pacts,
      known,
    ),
  ]);
}

interface Call {
  readonly caller: string;
  readonly call: CalledOperation;
}

function callsOf(contracts: readonly Contract[]): Call[] {
  return servicesOf(contracts).flatMap(({ service, calls }) =>
    calls.map((call) => ({ caller: service, call })),
  );
}

function eventsPart(links: readonly EventLink[], pacts: readonly PactFile[]): string[] {
  if (links.length === 0) return [];
  const titles = ['Event', 'Version', 'Topic', 'Key', 'Read by', 'In', 'Fields that it reads', 'By'];
  const rows = links.map((link) => {
    const { from, to } = link;
    const { eventType, version, topic, key } = travelling(link);
    const name = wireName(eventType, version);
    const about = [`\`${eventType}\``, String(version), `\`${topic}\``, codes(key, 'what cannot be told')];
    if (!to) return [...about, NOBODY, '', '', ''];
    const read = eventFieldsRead(between(pacts, to.service, from?.service), to.event, name);
    return [...about, to.service, codes(methodsOf(to.event), ''), ...fieldCells(read)];
  });
  return [markdownTable(titles, sorted(rows))];
}

function methodsOf({ readers }: { readonly readers: readonly { readonly method: string }[] }): string[] {
  return byText([...new Set(readers.map(({ method }) => method))], (method) => method);
}

function operationsPart(
  calls: readonly Call[],
  service: string,
  pacts: readonly PactFile[],
  callers: ReadonlySet<string>,
): string[] {
  const titles = ['Operation', 'Called by', 'In', 'Fields that it sends', 'Fields that it reads', 'By'];
  const rows = [
    ...calls.filter(({ call }) => call.service === service).flatMap((one) => callRows(one, pacts)),
    ...pacts
      .filter(({ consumer, provider }) => provider.name === service && !callers.has(consumer.name))
      .flatMap(pactRows),
  ];
  return rows.length === 0 ? [] : [markdownTable(titles, sorted(rows))];
}

function callRows({ caller, call }: Call, pacts: readonly PactFile[]): string[][] {
  const { method, path, client, operation, query, body, undoPath } = call;
  const what = `\`${client}.${operation}\``;
  const sends = [query, body].flatMap((schema) => (schema ? schemaFields(schema) : []));
  const read = answerFieldsRead(between(pacts, caller, call.service), call);
  const row = [`\`${method} ${path}\``, caller, what, codes(leaves(sends), 'none'), ...fieldCells(read)];
  if (undoPath === undefined) return [row];
  return [row, [`\`DELETE ${undoPath}\``, caller, `${what}, undone`, 'none', 'none', '']];
}

/** What somebody asks for who is no service, such as a browser. */
function pactRows(pact: PactFile): string[][] {
  return pactOperations(pact).map(({ operation, descriptions, sends, reads }) => [
    `\`${operation}\``,
    pact.consumer.name,
    descriptions.join('; '),
    codes(leaves(sends), 'none'),
    codes(leaves(reads), 'none'),
    'pact',
  ]);
}

function fieldCells({ fields, by }: FieldsRead): string[] {
  return [codes(leaves(fields), 'none'), fields.length === 0 && by === 'schema' ? '' : by];
}

function routesPart({ routes, timeoutMs }: GatewayContract): string[] {
  const rows = routes.map(({ path, service }) => [`\`${path}\``, service]);
  return [
    `A gateway: whoever comes in may call all under these paths, and gets an answer within ${timeoutMs.toLocaleString('en')} ms.`,
    markdownTable(['Path', 'Answered by'], sorted(rows)),
  ];
}

/** Who else may call a service: those who come in through a gateway. */
function routedPart(service: string, contracts: readonly Contract[]): string[] {
  const routed = contracts.flatMap((contract) =>
    contract.kind === 'gateway'
      ? contract.routes
          .filter((route) => route.service === service)
          .map(({ path }) => `\`${path}\` (${contract.service})`)
      : [],
  );
  if (routed.length === 0) return [];
  return [
    `Through a gateway whoever comes in may call all under ${byText(routed, (one) => one).join(', ')}.`,
  ];
}

/** What is asked of services that are not here. */
function elsewherePart(
  links: readonly EventLink[],
  services: readonly string[],
  calls: readonly Call[],
  pacts: readonly PactFile[],
  callers: ReadonlySet<string>,
): string[] {
  return [
    ...(links.length > 0 ? ['## Events that nobody here publishes', ...eventsPart(links, pacts)] : []),
    ...byText(services, (service) => service).flatMap((service) => [
      `## ${service}, which is not here`,
      ...operationsPart(calls, service, pacts, callers),
    ]),
  ];
}

function between(pacts: readonly PactFile[], consumer: string, provider: string | undefined): PactFile[] {
  return pacts.filter(
    (pact) => pact.consumer.name === consumer && (provider === undefined || pact.provider.name === provider),
  );
}

function sorted(rows: readonly string[][]): string[][] {
  return byText(rows, (row) => row.join(' '));
}
