import { readVersion } from '../read-version.js';
import type { PublishedEvent, ReadEvent, ServiceContract } from '../service-contract.js';
import { eventFitFindings } from './event-fit-findings.js';
import { listInWords } from './in-words.js';
import { nearest } from './nearest.js';
import type { Neighbours } from './neighbours.js';
import type { PublishedBy } from './published-by.js';
import { type WiringFinding, finding } from './wiring-finding.js';

/** What is wrong with what a service reads: with each event, who publishes it, and how. */
export function readFindings(contract: ServiceContract, neighbours: Neighbours): WiringFinding[] {
  const published = publishedBy(neighbours);
  return contract.reads.flatMap((read) => {
    const sources = published.filter(({ eventType }) => eventType === read.eventType);
    const here = sources.filter(({ topic }) => topic === read.topic);
    if (sources.length === 0) return [nobodyPublishes(contract, read, published, neighbours)];
    if (here.length === 0) return [onAnotherTopic(contract, read, sources)];
    const delivered = [...Map.groupBy(here, ({ publisher }) => publisher).values()]
      .map((versions) => readVersion(read, versions))
      .filter((one) => one !== undefined);
    if (delivered.length === 0) return [inNoVersion(contract, read, here)];
    return delivered.flatMap((one) => eventFitFindings(contract, read, one));
  });
}

/** Events that a service publishes for nobody. */
export function unreadFindings(
  { service, publishes }: ServiceContract,
  { services, broken }: Neighbours,
): WiringFinding[] {
  // who cannot be looked at may read it
  if (broken.length > 0) return [];
  const reads = services.flatMap((one) => one.reads);
  return publishes
    .filter((event) => !reads.some((read) => readVersion(read, publishes) === event))
    .map((event) =>
      finding('event-unread', {
        service,
        about: event.eventType,
        what: `${service} publishes ${named(event)} on ${event.topic}, and none of the services reads it`,
        fix: 'leave it out, unless somebody reads it who is not among the modules',
      }),
    );
}

function publishedBy({ services, elsewhere }: Neighbours): PublishedBy[] {
  const here = services.flatMap(({ service, publishes }) =>
    publishes.map((event) => ({ ...event, publisher: service })),
  );
  return [...here, ...elsewhere];
}

function nobodyPublishes(
  { service }: ServiceContract,
  read: ReadEvent,
  published: readonly PublishedBy[],
  { broken }: Neighbours,
): WiringFinding {
  const about = readerOf(read);
  if (broken.length > 0)
    return finding('event-unchecked', {
      service,
      about,
      what: `${about} reads ${read.eventType}, and whether anybody publishes it cannot be said: ${listInWords(broken)} has faults of its own`,
      fix: `mend those of ${listInWords(broken)} first`,
    });
  const near = nearest(
    read.eventType,
    published.map(({ eventType }) => eventType),
  );
  const like = near === undefined ? '' : `; the most alike is ${near}`;
  return finding('event-unpublished', {
    service,
    about,
    what: `${about} reads ${read.eventType}, and none of the services publishes it${like}`,
    fix: `correct its name, list it in events of the service that publishes it, name the module of that service too, or keep its AsyncAPI document in contracts/events/{service}.asyncapi.json`,
  });
}

function onAnotherTopic(
  { service }: ServiceContract,
  read: ReadEvent,
  sources: readonly PublishedBy[],
): WiringFinding {
  const about = readerOf(read);
  const where = listInWords(sources.map(({ publisher, topic }) => `${publisher} on ${topic}`));
  return finding('event-topic', {
    service,
    about,
    what: `${about} reads ${read.eventType} on ${read.topic}, and it is published by ${where}`,
    fix: `set topic in defineService of ${service} or of its publisher: both need the same`,
  });
}

function inNoVersion(
  { service }: ServiceContract,
  read: ReadEvent,
  here: readonly PublishedBy[],
): WiringFinding {
  const about = readerOf(read);
  const there = listInWords(here.map(({ publisher, version }) => `in version ${version} by ${publisher}`));
  return finding('event-version', {
    service,
    about,
    what: `${about} reads ${read.eventType} in version ${read.version}, and it is published ${there}, which it passes over`,
    fix: `publish it in version ${read.version} as well (alsoAs), or let ${service} read the newer version`,
  });
}

function named({ eventType, version }: PublishedEvent): string {
  return version === 1 ? eventType : `${eventType} in version ${version}`;
}

/** The first of the methods: all read it in the same class. */
export function readerOf({ readers, eventType }: ReadEvent): string {
  return readers[0]?.method ?? eventType;
}
