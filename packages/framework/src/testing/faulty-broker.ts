import type {
  Broker,
  BrokerCapabilities,
  CommittedOffset,
  ProducerRecord,
  RecordReceiver,
  SubscribeOptions,
  Subscription,
  TopicDefinition,
} from '../broker/broker.js';
import { FaultPoints } from './fault-points.js';
import type { PortCalls } from './port-calls.js';

/** The points of a broker: `publish`, `subscription.commit` (of offsets), `receiver.revoked`, … */
export type BrokerCalls = PortCalls<Broker> &
  PortCalls<Subscription, 'subscription.'> &
  PortCalls<RecordReceiver, 'receiver.'>;

/**
 * A broker with faults in it. As long as none is armed it does what the broker does that it stands around.
 *
 * @example
 * const broker = new FaultyBroker(real);
 * broker.duplicateNext();
 * const publishing = broker.holdNext('publish');
 */
export class FaultyBroker extends FaultPoints<BrokerCalls> implements Broker {
  #duplicates = 0;

  constructor(private readonly broker: Broker) {
    super();
  }

  get capabilities(): BrokerCapabilities {
    return this.broker.capabilities;
  }

  /** The next call of `publish` publishes its records twice, as when the answer to the first attempt was lost. */
  duplicateNext(): void {
    this.#duplicates++;
  }

  open() {
    return this.around('open', [], () => this.broker.open());
  }

  ensureTopic(topic: TopicDefinition) {
    return this.around('ensureTopic', [topic], () => this.broker.ensureTopic(topic));
  }

  publish(records: readonly ProducerRecord[]) {
    return this.around('publish', [records], async () => {
      if (this.#duplicates > 0) {
        this.#duplicates--;
        await this.broker.publish(records);
      }
      await this.broker.publish(records);
    });
  }

  subscribe(options: SubscribeOptions): Promise<Subscription> {
    return this.around('subscribe', [options], async () => {
      const receiver = this.#faultyReceiver(options.receiver);
      return this.#faultySubscription(await this.broker.subscribe({ ...options, receiver }));
    });
  }

  forgetGroup(group: string) {
    return this.around('forgetGroup', [group], () => this.broker.forgetGroup(group));
  }

  ping() {
    return this.around('ping', [], () => this.broker.ping());
  }

  close() {
    return this.around('close', [], () => this.broker.close());
  }

  #faultySubscription(subscription: Subscription): Subscription {
    return {
      get state() {
        return subscription.state;
      },
      get failure() {
        return subscription.failure;
      },
      commit: (offsets: readonly CommittedOffset[]) =>
        this.around('subscription.commit', [offsets], () => subscription.commit(offsets)),
      lag: () => this.around('subscription.lag', [], () => subscription.lag()),
      close: () => this.around('subscription.close', [], () => subscription.close()),
    };
  }

  #faultyReceiver(receiver: RecordReceiver): RecordReceiver {
    return {
      assigned: (partitions) => receiver.assigned(partitions),
      received: (partition, records) =>
        this.around('receiver.received', [partition, records], () => receiver.received(partition, records)),
      revoked: (partitions) =>
        this.around('receiver.revoked', [partitions], () => receiver.revoked(partitions)),
      lost: (partitions) => receiver.lost(partitions),
    };
  }
}
