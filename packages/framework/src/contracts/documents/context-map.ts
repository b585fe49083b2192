import type { Contract } from '../service-contract.js';
import { type GeneratedDocument, pageDocument } from './document.js';
import { type EventLink, eventLinks, travelling } from './event-links.js';
import { byText } from './sorting.js';
import { wireName } from '../../model/wire-name.js';

/** An arrow of the map, with all that goes along it. */
interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly kind: 'call' | 'event' | 'route';
  readonly what: string;
}

/** What arrows of each kind look like. */
const SHAPES = { route: '==>', call: '-->', event: '-.->' } as const;
/** Where the map lies among the pages. */
export const CONTEXT_MAP = 'context-map.md';
/** No service can be called so. */
const ELSEWHERE = 'not here';
const DASHED = 'classDef elsewhere stroke-dasharray: 4 4';

/** How all services hang together: who calls whom, who reads whose events, what a gateway lets through. */
export function contextMap(contracts: readonly Contract[]): GeneratedDocument {
  const arrows = byText([...callArrows(contracts), ...eventArrows(contracts)], sortKey);
  const known = new Map(contracts.map(({ service, kind }) => [service, kind]));
  const names = new Set([...known.keys(), ...arrows.flatMap(({ from, to }) => [from, to])]);
  const nodes = byText([...names], (name) => name).map((name) => node(name, known.get(name)));
  const styles = [...names].some((name) => !known.has(name)) ? [DASHED] : [];
  const diagram = ['flowchart LR', ...nodes, ...arrowLines(arrows), ...styles].join('\n  ');
  const legend =
    'Thick: what a gateway lets through. Solid: a call over HTTP, which waits for the answer. Dotted: events, which nobody waits for.' +
    ' Dashed boxes: services that are not here.';
  return pageDocument(CONTEXT_MAP, 'Context map', [
    legend,
    `\`\`\`mermaid\n${diagram}\n\`\`\``,
    ...unreadPart(contracts),
    'Field by field: [who promises what to whom](promises.md).',
  ]);
}

/** The services and gateways that a map was made of, by its text: a gateway has no other document. */
export function servicesOnMap(text: string): string[] {
  const boxes = text.matchAll(/^ *s_\w+(?:\["([^"]+)"\]|\{\{"([^"]+)"\}\})$/gm);
  return [...boxes].map(([, service, gateway]) => (service ?? gateway)!);
}

function callArrows(contracts: readonly Contract[]): Arrow[] {
  return contracts.flatMap((contract): Arrow[] => {
    const from = contract.service;
    if (contract.kind === 'gateway')
      return contract.routes.map(({ path, service }) => ({ from, to: service, kind: 'route', what: path }));
    return contract.calls.flatMap(({ service, method, path, undoPath }): Arrow[] => {
      const call = { from, to: service, kind: 'call' } as const;
      const undo = undoPath === undefined ? [] : [{ ...call, what: `DELETE ${undoPath}` }];
      return [{ ...call, what: `${method} ${path}` }, ...undo];
    });
  });
}

function eventArrows(contracts: readonly Contract[]): Arrow[] {
  return eventLinks(contracts).flatMap((link): Arrow[] => {
    const { from, to } = link;
    if (!to) return [];
    const what = nameOf(link);
    return [{ from: from?.service ?? ELSEWHERE, to: to.service, kind: 'event', what }];
  });
}

function unreadPart(contracts: readonly Contract[]): string[] {
  const unread = eventLinks(contracts).filter(({ to }) => !to);
  if (unread.length === 0) return [];
  const lines = unread.map((link) => `- \`${nameOf(link)}\` of ${link.from?.service}`);
  return [`Published, and read by nobody here:\n\n${byText(lines, (line) => line).join('\n')}`];
}

function nameOf(link: EventLink): string {
  const { eventType, version } = travelling(link);
  return wireName(eventType, version);
}

/** One line for all that goes along the same way. */
function arrowLines(arrows: readonly Arrow[]): string[] {
  const ways = Map.groupBy(arrows, ({ from, to, kind }) => `${kind} ${from} ${to}`);
  return [...ways.values()].map((same) => {
    const { from, to, kind } = same[0]!;
    const what = [...new Set(same.map((arrow) => escaped(arrow.what)))].join('<br/>');
    return `${idOf(from)} ${SHAPES[kind]}|"${what}"| ${idOf(to)}`;
  });
}

function sortKey({ kind, from, to, what }: Arrow): string {
  return [Object.keys(SHAPES).indexOf(kind), from, to, what].join(' ');
}

function node(name: string, kind: Contract['kind'] | undefined): string {
  if (kind === 'gateway') return `${idOf(name)}{{"${name}"}}`;
  return kind === 'service' ? `${idOf(name)}["${name}"]` : `${idOf(name)}["${name}"]:::elsewhere`;
}

/** Words such as `end` mean something to Mermaid, and so do hyphens. */
function idOf(name: string): string {
  return `s_${name.replaceAll(/[^A-Za-z0-9]/g, (sign) => `_${sign.codePointAt(0)!.toString(16)}_`)}`;
}

/** As Mermaid takes text in quotes. */
function escaped(text: string): string {
  return text.replaceAll(/["#<>&]/g, (sign) => `#${sign.codePointAt(0)};`);
}
