import assert from 'node:assert/strict';
import type { ConsumerRecord, TopicPartition } from '../../broker/broker.js';

export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/**
 * Watches over what the port promises at every moment, whatever a case is about: batches are of one partition, in order,
 * within the limit, one after the other, and for its holder only; and no partition has two holders in a group.
 */
export class GroupJournal {
  readonly #holders = new Map<string, object>();
  readonly #violations: string[] = [];

  constructor(private readonly maxBatch: number) {}

  holds(member: object, partition: TopicPartition): void {
    const name = nameOf(partition);
    if (this.#holders.has(name)) this.#violations.push(`${name} was assigned although a member has it`);
    this.#holders.set(name, member);
  }

  dropped(member: object, partition: TopicPartition): void {
    const name = nameOf(partition);
    if (this.#holders.get(name) === member) this.#holders.delete(name);
  }

  batch(
    member: object,
    partition: TopicPartition,
    records: readonly ConsumerRecord[],
    isBusy: boolean,
  ): void {
    const name = nameOf(partition);
    const offsets = records.map(({ offset }) => offset);
    if (isBusy) this.#violations.push(`a batch of ${name} came before the one before it was done`);
    if (records.length === 0) this.#violations.push(`an empty batch of ${name}`);
    if (records.length > this.maxBatch) this.#violations.push(`a batch of ${name} with ${records.length}`);
    if (this.#holders.get(name) !== member)
      this.#violations.push(`${name} was given to who does not have it`);
    if (records.some((record) => nameOf(record) !== name)) this.#violations.push(`mixed batch of ${name}`);
    if (offsets.some((offset, i) => i > 0 && offset <= offsets[i - 1]!)) {
      this.#violations.push(`offsets of ${name} out of order: ${offsets.join(', ')}`);
    }
  }

  /** Fails when any promise was broken. */
  check(): void {
    assert.deepEqual(this.#violations, []);
  }
}
