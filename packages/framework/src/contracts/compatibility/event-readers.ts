import { type PactFile, contentOf, fieldPaths } from '../pact-file.js';
import { readVersion } from '../read-version.js';
import { declaredFields } from '../schema/declared-fields.js';
import { located } from '../schema/located-schema.js';
import type { Contract, PublishedEvent, ReadEvent } from '../service-contract.js';
import { wireName } from '../../model/wire-name.js';
import { readsPath } from './read-paths.js';
import type { Reader } from './reader.js';

/** Who reads the events of a service. */
export class EventReaders {
  /** @param publishes all that the service published when it was released */
  constructor(
    private readonly service: string,
    private readonly publishes: readonly PublishedEvent[],
    private readonly contracts: readonly Contract[],
    private readonly pacts: readonly PactFile[],
  ) {}

  /** @param path of a field; empty: whoever reads the event */
  of(event: PublishedEvent, path = ''): Reader[] {
    return [...this.#byCode(event, path), ...this.#byPact(event, path)];
  }

  #byCode(event: PublishedEvent, path: string): Reader[] {
    return this.contracts.flatMap((contract) => {
      if (contract.kind === 'gateway') return [];
      const reads = contract.reads.filter(
        (read) =>
          readVersion(read, this.publishes)?.version === event.version &&
          read.eventType === event.eventType &&
          read.topic === event.topic &&
          // what its upcasters look at, only they know
          (read.version !== event.version || readsPath(pathsOf(read), path)),
      );
      const methods = reads.flatMap(({ readers }) => readers.map(({ method }) => method));
      return methods.map((as): Reader => ({ consumer: contract.service, by: 'code', as }));
    });
  }

  #byPact(event: PublishedEvent, path: string): Reader[] {
    const name = wireName(event.eventType, event.version);
    return this.pacts
      .filter(
        ({ provider, interactions }) =>
          provider.name === this.service &&
          interactions.some(
            (one) =>
              one.type === 'Asynchronous/Messages' &&
              (one.metadata?.['eventType'] ?? one.description) === name &&
              readsPath(fieldPaths(contentOf(one)), path),
          ),
      )
      .map(({ consumer }): Reader => ({ consumer: consumer.name, by: 'pact', as: undefined }));
  }
}

function pathsOf({ schema }: ReadEvent): Iterable<string> {
  return declaredFields(located(schema), 'all').fields.keys();
}
