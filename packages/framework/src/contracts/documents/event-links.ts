import { readVersion } from '../read-version.js';
import type { Contract, PublishedEvent, ReadEvent, ServiceContract } from '../service-contract.js';

interface Published {
  readonly service: string;
  readonly event: PublishedEvent;
}
interface Read {
  readonly service: string;
  readonly event: ReadEvent;
}

/** An event on its way from one service to another; at one of its ends there may be none of the services. */
export type EventLink =
  | { readonly from: Published; readonly to: Read }
  | { readonly from: undefined; readonly to: Read }
  | { readonly from: Published; readonly to: undefined };

/** The event of a link as it travels: by its publisher, where there is one. */
export function travelling(link: EventLink): PublishedEvent | ReadEvent {
  return link.from === undefined ? link.to.event : link.from.event;
}

/** Who reads which event of whom, with those that have nobody at one end. */
export function eventLinks(contracts: readonly Contract[]): EventLink[] {
  const services = servicesOf(contracts);
  const read = services.flatMap(({ service, reads }) =>
    reads.flatMap((event): EventLink[] => {
      const to = { service, event };
      const from = services.flatMap((publisher) => {
        const published = readVersion(event, publisher.publishes);
        return published ? [{ service: publisher.service, event: published }] : [];
      });
      return from.length > 0 ? from.map((one) => ({ from: one, to })) : [{ from: undefined, to }];
    }),
  );
  const used = new Set(read.map(({ from }) => from?.event));
  const unread = services.flatMap(({ service, publishes }) =>
    publishes
      .filter((event) => !used.has(event))
      .map((event): EventLink => ({ from: { service, event }, to: undefined })),
  );
  return [...read, ...unread];
}

export function servicesOf(contracts: readonly Contract[]): ServiceContract[] {
  return contracts.filter((contract) => contract.kind === 'service');
}
