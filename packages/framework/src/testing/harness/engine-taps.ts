import type { Broker, SubscribeOptions, Subscription } from '../../broker/broker.js';
import type { Store } from '../../store/store.js';
import type { StartOptions } from '../../service/start-service.js';

type Engines = NonNullable<StartOptions['engines']>;

/** Gets hold of the engines of a service that is being started, so that a test can look behind it. */
export class EngineTaps {
  #store: Store | undefined;
  #subscription: Subscription | undefined;

  /** To be given to `startService`. */
  readonly engines: Required<Engines>;

  /** @param inner what the test itself stands around the engines */
  constructor(inner: Engines = {}) {
    this.engines = {
      store: (store) => (this.#store = inner.store?.(store) ?? store),
      broker: (broker) => this.#tapped(inner.broker?.(broker) ?? broker),
    };
  }

  get store(): Store {
    return this.#store!;
  }

  /** How many records the service has not done with; 0 for one that reads none. */
  async lag(): Promise<number> {
    if (!this.#subscription) return 0;
    // before it has its partitions it cannot tell
    if (this.#subscription.state !== 'running') return Number.POSITIVE_INFINITY;
    return (await this.#subscription.lag()).reduce((sum, { lag }) => sum + lag, 0);
  }

  #tapped(broker: Broker): Broker {
    const subscribe = async (options: SubscribeOptions): Promise<Subscription> => {
      const subscription = await broker.subscribe(options);
      // the first is the service's own; later ones rebuild views
      this.#subscription ??= subscription;
      return subscription;
    };
    return {
      capabilities: broker.capabilities,
      open: () => broker.open(),
      ensureTopic: (topic) => broker.ensureTopic(topic),
      publish: (records) => broker.publish(records),
      subscribe,
      forgetGroup: (group) => broker.forgetGroup(group),
      ping: () => broker.ping(),
      close: () => broker.close(),
    };
  }
}
