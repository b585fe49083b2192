import { describe, expect, test } from 'vitest';
import { assignPartitions } from '../../src/broker/embedded/partition-assignment.js';
import { seeded } from './seeded.js';

const member = (id: number, ...topics: string[]) => ({ id, topics: new Set(topics) });
const partitions = (topic: string, first: number, count: number, target: number | null = null) =>
  Array.from({ length: count }, (_, i) => ({ id: first + i, topic, target }));

const ascending = (a: number, b: number) => a - b;

describe('partitions of a group', () => {
  test('are all given to the only member', () => {
    const result = assignPartitions([member(1, 't')], partitions('t', 1, 3));
    expect([...result.values()]).toEqual([1, 1, 1]);
  });

  test('are given to nobody when nobody reads their topic', () => {
    const result = assignPartitions([member(1, 'u')], partitions('t', 1, 2, 1));
    expect([...result.values()]).toEqual([null, null]);
  });

  test('stay where they are as far as evenness allows it when a member joins', () => {
    const result = assignPartitions([member(1, 't'), member(2, 't')], partitions('t', 1, 4, 1));
    expect([...result.values()].filter((id) => id === 1)).toHaveLength(2);
    expect([...result.values()].filter((id) => id === 2)).toHaveLength(2);
  });

  test('move only from the member that left', () => {
    const before = [...partitions('t', 1, 2, 1), ...partitions('t', 3, 2, 2), ...partitions('t', 5, 2, 3)];
    const result = assignPartitions([member(1, 't'), member(3, 't')], before);
    expect([1, 2].map((id) => result.get(id))).toEqual([1, 1]);
    expect([5, 6].map((id) => result.get(id))).toEqual([3, 3]);
    expect([3, 4].map((id) => Number(result.get(id))).toSorted(ascending)).toEqual([1, 3]);
  });

  test('of several topics with one partition each are spread', () => {
    const topics = ['t', 'u', 'v', 'w'];
    const result = assignPartitions(
      [member(1, ...topics), member(2, ...topics)],
      topics.map((topic, i) => ({ id: i, topic, target: 1 })),
    );
    expect([...result.values()].map(Number).toSorted(ascending)).toEqual([1, 1, 2, 2]);
  });

  test('are, whatever the group was before, shared evenly among the readers of each topic, and stay so', () => {
    const random = seeded(7);
    const below = (limit: number) => Math.floor(random() * limit);
    for (let round = 0; round < 300; round++) {
      const topics = ['t', 'u', 'v'].slice(0, 1 + below(3));
      const members = Array.from({ length: 1 + below(5) }, (_, id) =>
        member(id, ...topics.filter(() => random() < 0.7)),
      );
      const all = topics.flatMap((topic, i) =>
        partitions(topic, i * 10, 1 + below(9)).map((partition) => ({ ...partition, target: below(7) })),
      );
      const result = assignPartitions(members, all);
      for (const topic of topics) {
        const readers = members.filter((one) => one.topics.has(topic));
        const ids = all.filter((one) => one.topic === topic).map(({ id }) => result.get(id));
        const shares = readers.map(({ id }) => ids.filter((owner) => owner === id).length);
        const unread = ids.filter((id) => id === null).length;
        expect(unread).toBe(readers.length === 0 ? ids.length : 0);
        expect(shares.reduce((a, b) => a + b, 0)).toBe(ids.length - unread);
        expect(Math.max(0, ...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }
      const again = assignPartitions(
        members,
        all.map((one) => ({ ...one, target: result.get(one.id)! })),
      );
      expect(again).toEqual(result);
    }
  });
});
