import kafkajs, { type Message, type PartitionerArgs } from 'kafkajs';

/**
 * Kafka's default partitioner, but each message keeps the partition that it was given first. kafkajs partitions anew
 * for each attempt. The broker knows a repeated batch by the numbers of its records, so with other records in a batch
 * of the same numbers it would take them for what it has, and drop them.
 */
export class FixedPartitioner {
  readonly #partitions = new WeakMap<Message, number>();

  /** For kafkajs. */
  readonly create = (): ((args: PartitionerArgs) => number) => {
    const choose = kafkajs.Partitioners.DefaultPartitioner();
    return (args) => {
      const fixed = this.#partitions.get(args.message) ?? choose(args);
      this.#partitions.set(args.message, fixed);
      return fixed;
    };
  };

  /** Where a message was sent; undefined: it was not. */
  partitionOf(message: Message): number | undefined {
    return this.#partitions.get(message);
  }
}
