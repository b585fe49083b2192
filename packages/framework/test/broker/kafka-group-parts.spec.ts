import kafkajs, { type Cluster, type GroupMember } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { DeadlineError, withDeadline } from '../../src/broker/kafka/deadline.js';
import { HeldPartitions } from '../../src/broker/kafka/held-partitions.js';
import { LifeSigns } from '../../src/broker/kafka/life-signs.js';
import { memberAssigner } from '../../src/broker/kafka/member-assigner.js';
import { PartitionFeed } from '../../src/broker/kafka/partition-feed.js';
import { SharedCall } from '../../src/broker/kafka/shared-call.js';
import { Latch } from '../../src/kernel/latch.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

describe('the assigner', () => {
  const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;
  const topics: Record<string, number> = { a: 4, b: 2, c: 2, z: 3 };
  const cluster = {
    addMultipleTargetTopics: async () => {},
    findTopicPartitionMetadata: (topic: string) =>
      Array.from({ length: topics[topic]! }, (_, partitionId) => ({ partitionId })),
  } as unknown as Cluster;
  const assigner = memberAssigner(() => {})({ cluster, groupId: 'g', logger: {} as never });
  const member = (memberId: string, ...read: string[]): GroupMember => ({
    memberId,
    memberMetadata: MemberMetadata.encode({ version: 0, topics: read, userData: Buffer.alloc(0) }),
  });
  const assigned = async (...members: GroupMember[]) => {
    const shares = await assigner.assign({ members, topics: [] });
    return Object.fromEntries(
      shares.map(({ memberId, memberAssignment }) => [
        memberId,
        MemberAssignment.decode(memberAssignment)!.assignment,
      ]),
    );
  };

  it('shares partitions evenly, each to one member', async () => {
    expect(await assigned(member('m2', 'a'), member('m1', 'a'))).toEqual({
      m1: { a: [0, 2] },
      m2: { a: [1, 3] },
    });
  });

  it('gives no member what it does not read, and evens that out', async () => {
    expect(await assigned(member('m1', 'b', 'z'), member('m2', 'z', 'c'))).toEqual({
      m1: { b: [0, 1], z: [0, 2] },
      m2: { c: [0, 1], z: [1] },
    });
  });

  it('knows members for whom there is nothing', async () => {
    expect(await assigned(member('m1', 'b'), member('m2', 'b'), member('m3', 'b'))).toMatchObject({ m3: {} });
  });

  it('keeps a member from joining as long as it may not', () => {
    const barred = memberAssigner(() => {
      throw new Error('not yet');
    })({ cluster, groupId: 'g', logger: {} as never });
    expect(() => barred.protocol({ topics: ['a'] })).toThrow('not yet');
  });
});

describe('what was fetched of a partition', () => {
  const place = { topic: 't', partition: 0 };
  const messages = (from: number, count: number, bytes = 10) =>
    Array.from({ length: count }, (_, i) => ({
      offset: String(from + i),
      timestamp: '0',
      key: null,
      value: Buffer.alloc(bytes),
      attributes: 0,
      headers: {},
    }));
  const feeding = () => {
    const told: string[] = [];
    const batches: number[][] = [];
    const turns: Latch[] = [];
    const receiver = {
      assigned() {},
      lost() {},
      async revoked() {},
      async received(_: object, records: readonly { offset: number }[]) {
        batches.push(records.map(({ offset }) => offset));
        turns.push(new Latch());
        await turns.at(-1)!.opened;
      },
    };
    const feed = new PartitionFeed(place, 0, {
      receiver,
      maxBatch: 10,
      pause: () => told.push('pause'),
      resume: () => told.push('resume'),
      broken: (error) => told.push(String(error)),
    });
    const done = async (batch: number) => {
      turns[batch]!.open();
      await expect.poll(() => batches.length).toBeGreaterThan(batch + 1);
    };
    return { feed, told, batches, turns, done };
  };

  it('is paused while more than four batches wait behind the one that is worked on, until two are left', async () => {
    const { feed, told, batches, done } = feeding();
    feed.push(messages(0, 50));
    expect(told).toEqual(['pause']);
    feed.push(messages(50, 5));
    for (const batch of [0, 1]) await done(batch);
    expect(told).toEqual(['pause']);
    for (const batch of [2, 3]) await done(batch);
    expect(told).toEqual(['pause', 'resume']);
    expect(batches.flat()).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('is paused for its bytes too, and given in batches that are not too large', async () => {
    const { feed, told, batches, done } = feeding();
    feed.push(messages(0, 5, 400_000));
    expect(told).toEqual(['pause']);
    await done(0);
    await done(1);
    expect(batches).toEqual([[0, 1], [2, 3], [4]]);
    expect(told).toEqual(['pause', 'resume']);
  });

  it('counts as done when it is committed; what nobody is given behind it is done with it', () => {
    const { feed } = feeding();
    feed.push(messages(0, 10), 11);
    feed.skip(11, 13);
    expect(feed.done).toBe(0);
    feed.committed = 9;
    expect(feed.done).toBe(9);
    feed.committed = 10;
    expect(feed.done).toBe(13);
    // of an older fetch, or with something between: nobody knows what is before it
    feed.skip(15, 20);
    expect(feed.done).toBe(13);
    feed.push(messages(13, 2));
    expect(feed.done).toBe(10);
    feed.committed = 15;
    expect(feed.done).toBe(15);
  });

  it('is dropped when the partition is not held any more', async () => {
    const { feed, batches, turns } = feeding();
    feed.push(messages(0, 15));
    feed.stop();
    feed.push(messages(15, 5));
    turns[0]!.open();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(batches).toHaveLength(1);
  });
});

describe('partitions that are held', () => {
  const place = { topic: 't', partition: 3 };
  const offset = { ...place, offset: 7 };
  const holding = (letGo: () => Promise<void>) => {
    const told: string[] = [];
    const clock = new ManualClock();
    const receiver = {
      assigned: () => void told.push('assigned'),
      received: async () => {},
      revoked: async () => {
        told.push('revoked');
        await letGo();
      },
      lost: () => void told.push('lost'),
    };
    const broken = (error: unknown) => void told.push(`broken: ${(error as Error).message}`);
    const feed = new PartitionFeed(place, 0, { receiver, maxBatch: 1, pause() {}, resume() {}, broken });
    const held = new HeldPartitions([feed], { receiver, clock, rebalanceLimitMs: 1_000, broken });
    held.begin();
    return { held, told, clock };
  };

  it('take the last commits while they are let go of, and none afterwards', async () => {
    const work = new Latch();
    const { held, told } = holding(() => work.opened);
    expect(held.proven([offset, { ...offset, partition: 4 }])).toEqual([offset]);
    const letGo = held.revoke();
    expect(held.feedOf(place)).toBeUndefined();
    expect(held.proven([offset])).toEqual([offset]);
    work.open();
    await letGo;
    expect(held.isOver).toBe(true);
    expect(held.proven([offset])).toEqual([]);
    await held.revoke();
    held.lose();
    expect(told).toEqual(['assigned', 'revoked']);
  });

  it('are lost when the receiver takes longer than the limit', async () => {
    const { held, told, clock } = holding(() => new Promise(() => {}));
    const letGo = held.revoke();
    await clock.advance(1_000);
    await letGo;
    expect(told).toEqual(['assigned', 'revoked', 'lost']);
    expect(held.proven([offset])).toEqual([]);
  });

  it('that are lost while they are let go of are lost at once', () => {
    const { held, told } = holding(() => new Promise(() => {}));
    void held.revoke();
    held.lose();
    held.lose();
    expect(told).toEqual(['assigned', 'revoked', 'lost']);
    expect(held.isOver).toBe(true);
  });

  it('are given up when the receiver rejects, which is told', async () => {
    const { held, told, clock } = holding(() => Promise.reject(new Error('a bug')));
    await held.revoke();
    expect(told).toEqual(['assigned', 'revoked', 'broken: a bug']);
    expect(held.isOver).toBe(true);
    expect(clock.sleepers).toBe(0);
  });
});

describe('the signs of life of a coordinator', () => {
  it('are missed after half a session, and given up after the longest wait that there can be', async () => {
    const clock = new ManualClock();
    const life = new LifeSigns(clock, 10_000);
    const look = () => life.look(20_000).verdict;
    life.joined();
    await clock.advance(4_999);
    expect(look()).toBe('fine');
    await clock.advance(1);
    expect(look()).toBe('silent');
    await clock.advance(5_001);
    expect(look()).toBe('overdue');
    life.joining();
    expect(look()).toBe('doubtful');
    await clock.advance(20_000);
    expect(look()).toBe('hangs');
    life.heard();
    expect(look()).toBe('fine');
  });

  it('tell when a join was given up: fetching goes on although nobody has joined', async () => {
    const clock = new ManualClock();
    const life = new LifeSigns(clock, 10_000);
    expect(life.hasGivenUpJoining(2_000)).toBe(false);
    life.joining();
    await clock.advance(2_000);
    expect(life.hasGivenUpJoining(2_000)).toBe(false);
    await clock.advance(1);
    expect(life.hasGivenUpJoining(2_000)).toBe(true);
    life.joined();
    expect(life.hasGivenUpJoining(2_000)).toBe(false);
  });
});

describe('a shared call', () => {
  it('tells each what was looked up after it asked, with two calls at the most', async () => {
    const looks: Latch[] = [];
    let looked = 0;
    const shared = new SharedCall(async () => {
      const look = new Latch();
      looks.push(look);
      const number = ++looked;
      await look.opened;
      return number;
    });
    const first = shared.call();
    const others = [shared.call(), shared.call(), shared.call()];
    looks[0]!.open();
    expect(await first).toBe(1);
    await expect.poll(() => looks.length).toBe(2);
    looks[1]!.open();
    expect(await Promise.all(others)).toEqual([2, 2, 2]);
  });

  it('goes on after a failure', async () => {
    let calls = 0;
    const shared = new SharedCall(async () => {
      if (++calls === 1) throw new Error('once');
      return calls;
    });
    const both = [shared.call(), shared.call()];
    await expect(both[0]).rejects.toThrow('once');
    expect(await both[1]).toBe(2);
    expect(await shared.call()).toBe(3);
  });
});

describe('a deadline', () => {
  it('ends the waiting for work that never ends', async () => {
    const clock = new ManualClock();
    const waiting = withDeadline(clock, 1_000, 'publishing', new Promise(() => {}));
    waiting.catch(() => {});
    await clock.advance(1_000);
    await expect(waiting).rejects.toThrow(DeadlineError);
  });

  it('leaves no timer behind, and what the work says stands', async () => {
    const clock = new ManualClock();
    expect(await withDeadline(clock, 1_000, 'publishing', Promise.resolve(7))).toBe(7);
    await expect(withDeadline(clock, 1_000, 'publishing', Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect(clock.sleepers).toBe(0);
  });
});
