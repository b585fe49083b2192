import type { HandlerClass } from '../model/handler-note.js';
import { repositoryOf } from '../model/repository.js';
import { RebuildSupersededError } from '../kernel/errors/rebuild-errors.js';
import { Collection } from '../runtime/collection.js';
import { EventConsumer, type EventConsumerOptions } from '../runtime/consumer/event-consumer.js';
import { type GenerationSource, Handler } from '../runtime/consumer/handler.js';
import { RecordHandling } from '../runtime/consumer/record-handling.js';
import { RecordParking } from '../runtime/consumer/record-parking.js';
import { ViewRows } from '../runtime/consumer/view-rows.js';
import { IdAllocator } from '../runtime/id-allocator.js';
import { RebuildEffects } from '../runtime/rebuild/rebuild-effects.js';
import type { NextGeneration } from '../runtime/rebuild/view-rebuild.js';
import { UnitRepository } from '../runtime/unit-repository.js';
import { UnitsOfWork } from '../runtime/units-of-work.js';
import type { Store } from '../store/store.js';
import type { ServiceContainer } from './service-container.js';

export interface RebuildConsumerOptions extends Omit<
  EventConsumerOptions,
  'group' | 'handlers' | 'handling' | 'parking'
> {
  /** The view as it is live. */
  readonly live: Collection;
  readonly handlerClasses: readonly HandlerClass[];
  readonly store: Store;
  readonly ids: IdAllocator;
  readonly container: ServiceContainer;
  readonly handlerTimeoutMs: number;
}

/**
 * A consumer that reads the log from its start with the handlers of one view. They are instances of their own, in a container in which the repository
 * of the view is that of the next generation's table; what else they read is as it is now.
 */
export function rebuildConsumer(
  options: RebuildConsumerOptions,
  next: NextGeneration,
  fail: (error: unknown) => void,
): EventConsumer {
  const { live, handlerClasses, store, clock, random, lot } = options;
  const container = options.container.fork();
  const collection = new Collection('view', live.entityClass, store, next.table);
  const effects = new RebuildEffects(live.name, next.table, store, fail);
  const ids = new IdsOf(live, options.ids, store);
  const units = new UnitsOfWork(effects, ids, effects.encode, container, {
    clock,
    random,
    // a rebuild calls nobody
    abandoned: () => {},
  });
  const repository = new UnitRepository(collection, store, (what) => units.running(what));
  container.put(repositoryOf(live.entityClass), repository);
  const rows = new ViewRows(new Map([[live.entityClass, { collection, repository }]]));
  const generation: GenerationSource = {
    name: live.name,
    generation: next.number,
    moved(signal) {
      fail(new RebuildSupersededError(live.name, next.number));
      // nothing to go on with: the consumer is being stopped
      return aborted(signal);
    },
    // the swap waits until this consumer has stopped
    confirm: () => Promise.resolve(true),
  };
  const handlers = handlerClasses.map((handlerClass) => {
    container.putClass(handlerClass);
    return new Handler(handlerClass, container, rows.call, generation);
  });
  const instruments = {
    handled: options.instruments.handled.bind(options.instruments),
    called: options.instruments.called.bind(options.instruments),
    retried: options.instruments.retried.bind(options.instruments),
    undone: options.instruments.undone.bind(options.instruments),
    published: () => {},
    publishFailed: () => {},
    publishedAgain: () => {},
    // what the view does not react to says nothing about the service
    unknownEvent: () => {},
  };
  const parking = new RecordParking({ ...options, instruments, parking: lot });
  // what it has not committed by its end is nobody's business
  const handling = new RecordHandling({ ...options, instruments, units, parking, givesUpAtOnce: true });
  const { group } = next;
  return new RebuildConsumer({ ...options, instruments, group, handlers, handling, parking }, effects);
}

class RebuildConsumer extends EventConsumer {
  constructor(
    options: EventConsumerOptions,
    private readonly effects: RebuildEffects,
  ) {
    super(options);
  }

  /** Nothing of it is written when that has resolved, or later: not even by attempts that the broker did not wait for. */
  override async stop(): Promise<void> {
    await super.stop();
    await this.effects.end();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Ids for the next generation, from those of the live one: after the swap, ids that were reserved for the live one must still be free. */
class IdsOf extends IdAllocator {
  constructor(
    private readonly live: Collection,
    private readonly ids: IdAllocator,
    store: Store,
  ) {
    super(store);
  }

  override next(): Promise<number> {
    return this.ids.next(this.live.table);
  }
}
