import type { PublishedEvent, ReadEvent } from './service-contract.js';

/** Of the versions in which one service publishes an event, the one that a reader takes: the newest that it knows. The older ones go through its upcasters. */
export function readVersion<E extends PublishedEvent>(
  read: Pick<ReadEvent, 'eventType' | 'topic' | 'version'>,
  published: readonly E[],
): E | undefined {
  return published
    .filter(
      ({ eventType, topic, version }) =>
        eventType === read.eventType && topic === read.topic && version <= read.version,
    )
    .toSorted((one, other) => other.version - one.version)[0];
}
