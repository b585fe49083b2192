import type { Logger } from '../../kernel/logger.js';
import type { PartitionLag, SubscribeOptions, TopicPartition } from '../broker.js';
import type { KafkaAdmin } from './kafka-admin.js';
import type { PartitionFeed } from './partition-feed.js';

/** Where a partition begins and ends, as far as its log goes. */
interface Range {
  readonly low: number;
  /** The next offset to be given. */
  readonly high: number;
}

/** Where a group is in a partition. */
export interface Position extends TopicPartition {
  /** Where to read on. */
  readonly start: number;
}

/** What the cluster knows of a group's offsets. */
export class GroupPositions {
  constructor(
    private readonly admin: KafkaAdmin,
    private readonly group: string,
    private readonly from: SubscribeOptions['from'],
    private readonly logger: Logger,
  ) {}

  /** Where the group goes on in partitions that became this member's. */
  async of(partitions: readonly TopicPartition[]): Promise<Position[]> {
    const topics = [...new Set(partitions.map(({ topic }) => topic))];
    if (topics.length === 0) return [];
    const answers = await this.admin.ask('reading offsets', (admin) =>
      admin.fetchOffsets({ groupId: this.group, topics }),
    );
    const committed = new Map(
      answers.flatMap((one) => one.partitions.map((p) => [nameOf(one.topic, p.partition), Number(p.offset)])),
    );
    const ranges = await this.#ranges(topics);
    return partitions.map((partition) => {
      const name = nameOf(partition.topic, partition.partition);
      const range = ranges.get(name) ?? { low: 0, high: 0 };
      return { ...partition, start: this.#startOf(partition, range, committed.get(name) ?? -1) };
    });
  }

  /** How far behind the end the group is in partitions of which it is known what it has committed. */
  async lagOf(feeds: readonly PartitionFeed[]): Promise<PartitionLag[]> {
    const ranges = await this.#ranges([...new Set(feeds.map(({ partition }) => partition.topic))]);
    return feeds.map(({ partition: { topic, partition }, done }) => {
      const { low, high } = ranges.get(nameOf(topic, partition)) ?? { low: 0, high: 0 };
      const offset = Math.max(done, low);
      return { topic, partition, offset, lag: Math.max(0, high - offset) };
    });
  }

  /** Of all partitions of topics, by `topic/partition`. */
  async #ranges(topics: readonly string[]): Promise<Map<string, Range>> {
    const answers = await Promise.all(
      topics.map((topic) =>
        this.admin.ask('reading offsets', async (admin) =>
          (await admin.fetchTopicOffsets(topic)).map(
            ({ partition, low, high }) =>
              [nameOf(topic, partition), { low: Number(low), high: Number(high) }] as const,
          ),
        ),
      ),
    );
    return new Map(answers.flat());
  }

  #startOf(partition: TopicPartition, { low, high }: Range, committed: number): number {
    // Kafka has negative numbers for "none" and for what kafkajs puts there
    if (committed < 0) return this.from === 'latest' ? high : low;
    if (committed >= low) return committed;
    // retention has deleted what the group had not read yet: that must not go unseen
    this.logger.error(
      { ...partition, from: committed, to: low - 1 },
      'records were deleted by retention before this group has read them',
    );
    return low;
  }
}

/** Whether the coordinator still counts a member among those of the group. */
export async function hasMember(admin: KafkaAdmin, group: string, id: string | undefined): Promise<boolean> {
  const { groups } = await admin.call('asking for the group', (one) => one.describeGroups([group]));
  return groups.some(({ members }) => members.some(({ memberId }) => memberId === id));
}

function nameOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
