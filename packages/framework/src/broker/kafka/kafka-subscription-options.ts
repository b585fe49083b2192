import type { GroupConsumerOptions } from './group-consumer.js';
import type { KafkaAdmin } from './kafka-admin.js';

export interface KafkaSubscriptionOptions extends GroupConsumerOptions {
  readonly admin: KafkaAdmin;
  /** As it is shown in errors. */
  readonly broker: string;
}
