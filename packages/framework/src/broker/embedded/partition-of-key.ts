import { murmur2 } from './murmur2.js';

/** The partition in which Kafka's default partitioner puts a key, so that a move to Kafka keeps keys where they are. */
export function partitionOfKey(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}
