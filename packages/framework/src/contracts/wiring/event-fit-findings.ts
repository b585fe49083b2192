import type { ReadEvent, ServiceContract } from '../service-contract.js';
import { keyInWords, misfitsInWords } from './in-words.js';
import type { PublishedBy } from './published-by.js';
import { isFormat, readMisfits } from './read-misfits.js';
import { type WiringFinding, finding } from './wiring-finding.js';

/** Whether a reader can read an event as somebody publishes it. */
export function eventFitFindings(
  contract: ServiceContract,
  read: ReadEvent,
  published: PublishedBy,
): WiringFinding[] {
  return [...shapeFindings(contract, read, published), ...keyFindings(contract, read, published)];
}

function shapeFindings(
  { service }: ServiceContract,
  read: ReadEvent,
  published: PublishedBy,
): WiringFinding[] {
  // an older version goes through upcasters first, which are functions: only samples show what they make of it
  if (published.version !== read.version) return [];
  const { publisher, schema } = published;
  const about = read.readers[0]!.method;
  if (Object.keys(schema).length === 0)
    return [
      finding('event-unchecked', {
        service,
        about,
        what: `whether ${about} can read ${read.eventType} cannot be said: what ${publisher} publishes is not described`,
        fix: `describe its payload in the AsyncAPI document of ${publisher}`,
      }),
    ];
  const found = readMisfits(schema, read.schema);
  const [unlike, wrong] = [found.filter(isFormat), found.filter((one) => !isFormat(one))];
  return [
    ...(wrong.length === 0
      ? []
      : [
          finding('event-shape', {
            service,
            about,
            what: `${publisher} publishes ${read.eventType} as ${about} cannot read it: ${misfitsInWords(wrong)}`,
            fix: `take back the change in ${publisher} or publish it as a new version, or let ${service} read what is there`,
          }),
        ]),
    ...(unlike.length === 0
      ? []
      : [
          finding('event-format', {
            service,
            about,
            what: `whether ${about} can read ${read.eventType} as ${publisher} publishes it cannot be told: ${misfitsInWords(unlike)}`,
            fix: `use the same format in both, or read it as text`,
          }),
        ]),
  ];
}

/**
 * The publisher's key decides which events stay in order; the reader's own is asked only for records that have none. Yet it is a fault when they differ: the
 * reader was written for an order that it does not get, and nothing else would ever say so.
 */
function keyFindings({ service }: ServiceContract, read: ReadEvent, published: PublishedBy): WiringFinding[] {
  // of an empty one nothing is known
  const isKnown = read.key.length > 0 && published.key.length > 0;
  if (!isKnown || read.key.join() === published.key.join()) return [];
  const about = read.readers[0]!.method;
  return [
    finding('event-key', {
      service,
      about,
      what: `${published.publisher} keeps ${read.eventType} in order of ${keyInWords(published.key)}, and ${about} counts on the order of ${keyInWords(read.key)}`,
      fix: `take the key from the same fields in both classes`,
    }),
  ];
}
