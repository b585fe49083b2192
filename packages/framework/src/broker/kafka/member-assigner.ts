import kafkajs, { type Assigner, type Assignment, type GroupMember, type PartitionAssigner } from 'kafkajs';

const NAME = 'skanu';
const VERSION = 0;
const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;
const NO_DATA = Buffer.alloc(0);

/**
 * Shares a group's partitions evenly among the members that read their topic. It is also the gate before each join:
 * kafkajs asks it for what to join with, and whoever joins gives up all that he has.
 * @param mayJoin returns, or throws what keeps the member from joining now
 */
export function memberAssigner(mayJoin: () => void): PartitionAssigner {
  return ({ cluster }): Assigner => ({
    name: NAME,
    version: VERSION,

    protocol({ topics }) {
      mayJoin();
      return { name: NAME, metadata: MemberMetadata.encode({ version: VERSION, topics, userData: NO_DATA }) };
    },

    async assign({ members }) {
      const readers = readersByTopic(members);
      // the leader of the group shares out topics that it may not read itself
      await cluster.addMultipleTargetTopics([...readers.keys()]);
      const partitionsOf = (topic: string) =>
        cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
      const shares = sharesOf(
        members.map(({ memberId }) => memberId),
        readers,
        partitionsOf,
      );
      return [...shares].map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({ version: VERSION, assignment, userData: NO_DATA }),
      }));
    },
  });
}

function readersByTopic(members: readonly GroupMember[]): Map<string, string[]> {
  const readers = new Map<string, string[]>();
  for (const { memberId, memberMetadata } of members) {
    for (const topic of MemberMetadata.decode(memberMetadata)?.topics ?? []) {
      readers.set(topic, [...(readers.get(topic) ?? []), memberId]);
    }
  }
  return readers;
}

/** Each partition goes to the reader with the fewest so far; topics with few readers come first, since they leave no choice. */
function sharesOf(
  members: readonly string[],
  readers: ReadonlyMap<string, readonly string[]>,
  partitionsOf: (topic: string) => readonly number[],
): Map<string, Assignment> {
  const shares = new Map<string, Assignment>(members.toSorted().map((member) => [member, {}]));
  const counts = new Map<string, number>();
  const topics = [...readers].toSorted(
    ([a, of], [b, others]) => of.length - others.length || (a < b ? -1 : 1),
  );
  for (const [topic, eligible] of topics) {
    for (const partition of partitionsOf(topic).toSorted((a, b) => a - b)) {
      const [member] = eligible.toSorted(
        (a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0) || (a < b ? -1 : 1),
      );
      (shares.get(member!)![topic] ??= []).push(partition);
      counts.set(member!, (counts.get(member!) ?? 0) + 1);
    }
  }
  return shares;
}
