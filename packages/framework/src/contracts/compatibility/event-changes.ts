import { wireName } from '../../model/wire-name.js';
import { located } from '../schema/located-schema.js';
import type { PublishedEvent } from '../service-contract.js';
import { type ChangeFinding, UNRELEASED, change } from './change-finding.js';
import type { EventReaders } from './event-readers.js';
import { type FieldChangeKind, sentChanges } from './field-changes.js';

/** What has become of the events that a service published when it was released. */
export function eventChanges(
  service: string,
  before: readonly PublishedEvent[],
  after: readonly PublishedEvent[],
  readers: EventReaders,
): ChangeFinding[] {
  const known = new Set(before.map(nameOf));
  return [
    ...before.flatMap((event) => {
      const now = after.find((one) => nameOf(one) === nameOf(event));
      return now ? changesOf(service, event, now, readers) : [gone(service, event, after, readers)];
    }),
    ...after
      .filter((event) => !known.has(nameOf(event)))
      .map((event) =>
        change('event-new', {
          service,
          where: whereOf(event),
          before: 'was not there',
          after: 'is published',
          fix: UNRELEASED,
        }),
      ),
  ];
}

function gone(
  service: string,
  event: PublishedEvent,
  after: readonly PublishedEvent[],
  readers: EventReaders,
): ChangeFinding {
  const versions = after
    .filter(({ eventType }) => eventType === event.eventType)
    .map(({ version }) => version);
  const parts = { service, where: whereOf(event), before: 'was published', readers: readers.of(event) };
  if (versions.length === 0)
    return change('event-gone', {
      ...parts,
      after: 'is not published any more',
      fix: `Publish ${event.eventType} until nobody reads it; publish what takes its place beside it.`,
    });
  const left = `is published only in version ${versions.toSorted((one, other) => one - other).join(' and ')}`;
  const isNeeded = parts.readers.length > 0 || versions.every((version) => version < event.version);
  return isNeeded
    ? change('event-version-gone', {
        ...parts,
        after: left,
        fix: `Publish version ${event.version} too (alsoAs: { ${event.version}: … }) until its readers have moved to a newer one, and that newer one was released beside it.`,
      })
    : change('event-version-retired', {
        ...parts,
        after: left,
        fix: 'Nothing, if nobody outside of this repository reads it either.',
      });
}

function changesOf(
  service: string,
  before: PublishedEvent,
  after: PublishedEvent,
  readers: EventReaders,
): ChangeFinding[] {
  const where = whereOf(before);
  const found: ChangeFinding[] = [];
  if (before.topic !== after.topic)
    found.push(
      change('event-topic', {
        service,
        where,
        before: `went to topic ${before.topic}`,
        after: `goes to topic ${after.topic}`,
        readers: readers.of(before),
        fix: `Keep topic ${before.topic}: those who read it find nothing elsewhere.`,
      }),
    );
  if (before.key.join() !== after.key.join())
    found.push(
      change('event-key', {
        service,
        where,
        before: `had the key ${before.key.join(', ')}`,
        after: `has the key ${after.key.join(', ')}`,
        readers: readers.of(before),
        fix: `Keep the key ${before.key.join(', ')}: readers count on the order of events with the same one. For another order publish another event.`,
      }),
    );
  const fields = sentChanges(located(before.schema), located(after.schema));
  return [
    ...found,
    ...fields.map(({ kind, path, before: was, after: is }) =>
      change(`event-field-${rulePart(kind)}`, {
        service,
        where,
        path,
        before: was,
        after: is,
        readers: readers.of(before, path),
        fix: newVersion(before),
      }),
    ),
  ];
}

/** What is sent never asks for anything. */
function rulePart(kind: FieldChangeKind): Exclude<FieldChangeKind, 'required'> {
  return kind === 'required' ? 'type' : kind;
}

/** The way out of each change of an event's fields. */
function newVersion({ eventType, version }: PublishedEvent): string {
  const next = version + 1;
  return (
    `Take it back, or make it version ${next} of ${eventType}: version: ${next}, with alsoAs: { ${version}: … } for those who read version ${version}, ` +
    `and upcasters: { ${version}: … } in the readers that move to version ${next}.`
  );
}

const nameOf = ({ eventType, version }: PublishedEvent) => wireName(eventType, version);
const whereOf = (event: PublishedEvent) => `event ${nameOf(event)}`;
