import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Collector, EmbeddedFixture } from './embedded-fixture.js';
import type { Child } from './processes/child.js';
import { seeded } from './seeded.js';

const TOPIC = { name: 't', partitions: 4, retentionMs: 3_600_000, retentionBytes: 2 ** 30 };
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

interface Entry {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly producer: string;
  readonly call: number;
}

let fixture: EmbeddedFixture;
beforeEach(() => (fixture = new EmbeddedFixture()));
afterEach(() => fixture.end());

test('producers and consumers that are killed at any moment lose nothing, tear nothing, and keep the order', async () => {
  const seed = Number(process.env['SKANU_SEED'] ?? Date.now() % 1_000_000);
  console.info(`seed ${seed} (repeat with SKANU_SEED=${seed})`);
  const random = seeded(seed);
  const broker = await fixture.broker();
  await broker.ensureTopic(TOPIC);
  const acknowledged: { producer: string; child: Child }[] = [];
  const producer = () => {
    const name = `p${acknowledged.length}`;
    const child = fixture.child('producer.ts', { path: fixture.path, topic: 't', name, keys: KEYS });
    acknowledged.push({ producer: name, child });
    return child;
  };
  let journals = 0;
  const consumer = () => {
    const journal = join(fixture.folder, `journal-${journals++}`);
    return fixture.child('consumer.ts', { path: fixture.path, topic: 't', group: 'g', journal });
  };
  const producers = [producer(), producer()];
  const consumers = [consumer(), consumer()];
  await Promise.all([
    ...producers.map((p) => p.told('published')),
    ...consumers.map((c) => c.told('assigned')),
  ]);

  for (let kill = 0; kill < 10; kill++) {
    await pause(50 + random() * 350);
    const [victims, replace] =
      random() < 0.5 ? ([producers, producer] as const) : ([consumers, consumer] as const);
    const place = Math.floor(random() * 2);
    await victims[place]!.end();
    victims[place] = replace();
  }
  await Promise.all(producers.map((p) => p.told('published')));
  for (const p of producers) p.say({ kind: 'stop' });
  await Promise.all(producers.map((p) => p.told('stopped')));

  const log: Entry[] = fixture
    .look(
      'SELECT partition_id - 1 AS partition, offset, key, value FROM records ORDER BY partition_id, offset',
    )
    .map(({ value, ...rest }) => ({ ...rest, ...JSON.parse(Buffer.from(value).toString()) }));
  const consumed = () =>
    readdirSync(fixture.folder)
      .filter((name) => name.startsWith('journal-'))
      .map((name) =>
        readFileSync(join(fixture.folder, name), 'utf8')
          .split('\n')
          .slice(0, -1)
          .map((line): Entry => JSON.parse(line)),
      );
  const place = ({ partition, offset }: Entry) => `${partition}/${offset}`;
  await fixture.board.until('all records of the log were consumed', () => {
    const seen = new Set(consumed().flat().map(place));
    return log.every((entry) => seen.has(place(entry)));
  });

  const inLog = (name: string) => log.filter((entry) => entry.producer === name);
  for (const { producer: name, child } of acknowledged) {
    const calls = new Map(inLog(name).map(({ call }) => [call, 0]));
    for (const { call } of inLog(name)) calls.set(call, calls.get(call)! + 1);
    for (const [call, records] of calls) expect(records, `${name} call ${call} is whole`).toBe(KEYS.length);
    const acks = child.messages.filter(({ kind }) => kind === 'published').map(({ call }) => Number(call));
    expect(
      acks.filter((call) => !calls.has(call)),
      `acknowledged to ${name} and lost`,
    ).toEqual([]);
    for (const key of KEYS) {
      const order = inLog(name)
        .filter((entry) => entry.key === key)
        .map(({ call }) => call);
      expect(order, `calls of ${name} for ${key}`).toEqual(order.map((_, i) => i));
    }
  }
  for (const journal of consumed()) {
    for (const partition of [0, 1, 2, 3]) {
      const offsets = journal.filter((entry) => entry.partition === partition).map(({ offset }) => offset);
      expect(offsets).toEqual([...new Set(offsets)].toSorted((a, b) => a - b));
    }
  }
}, 20_000);

test('the partitions of a killed member are taken over long before the session timeout', async () => {
  const broker = await fixture.broker({ sessionTimeoutMs: 60_000 });
  await broker.ensureTopic(TOPIC);
  const child = fixture.child('consumer.ts', { path: fixture.path, topic: 't', group: 'g' });
  await child.told('assigned');
  const survivor = new Collector(fixture.board);
  await broker.subscribe({ group: 'g', topics: ['t'], from: 'earliest', maxBatch: 10, receiver: survivor });
  await fixture.board.until('they share', () => survivor.held.size === 2);
  const killedAt = performance.now();
  await child.end();
  await fixture.board.until('the survivor has all', () => survivor.held.size === 4);
  const tookMs = performance.now() - killedAt;
  console.info(`taken over after ${tookMs.toFixed(0)} ms`);
  expect(tookMs).toBeLessThan(1_500);
});

test('a member that was stopped past the session timeout commits nothing any more, drops its work and joins again', async () => {
  const broker = await fixture.broker({ sessionTimeoutMs: 1_000, heartbeatMs: 100 });
  await broker.ensureTopic(TOPIC);
  const stopped = fixture.child('consumer.ts', {
    path: fixture.path,
    topic: 't',
    group: 'g',
    keep: true,
    sessionTimeoutMs: 1_000,
    heartbeatMs: 100,
  });
  await stopped.told('assigned', ({ partitions }) => partitions.length === 4);
  await broker.publish([{ topic: 't', key: 'a', value: json('1'), headers: {} }]);
  await stopped.told('received');
  // its commit waits for the file at the moment when it is stopped, so it cannot know before that it was taken for dead
  const lock = new DatabaseSync(fixture.path, { timeout: 5_000 });
  lock.exec('BEGIN IMMEDIATE');
  stopped.say({ kind: 'go on' });
  await stopped.told('committing');
  await stopped.stop();
  lock.close();

  const other: Collector = new Collector(fixture.board, async ({ topic, partition }, records) => {
    await subscription.commit([{ topic, partition, offset: records.at(-1)!.offset + 1 }]);
    committed.push(...records.map(({ offset }) => offset));
    fixture.board.notify();
  });
  const committed: number[] = [];
  const subscription = await broker.subscribe({
    group: 'g',
    topics: ['t'],
    from: 'earliest',
    maxBatch: 10,
    receiver: other,
  });
  await broker.publish(['2', '3'].map((text) => ({ topic: 't', key: 'a', value: json(text), headers: {} })));
  await fixture.board.until('the other has done all', () => committed.length === 3);
  const before = fixture.look('SELECT partition_id, committed FROM group_partitions');

  stopped.goOn();
  await stopped.told('committed');
  expect(fixture.look('SELECT partition_id, committed FROM group_partitions')).toEqual(before);
  const { partitions: lost } = await stopped.told('lost');
  expect(lost).toEqual([0, 1, 2, 3]);
  await stopped.told('assigned', ({ partitions }) => partitions.length === 2);
  await fixture.board.until('they share', () => other.held.size === 2);
});

test('a commit in another process wakes a consumer although it hardly ever polls', async () => {
  const broker = await fixture.broker({ pollMs: 3_600_000 });
  await broker.ensureTopic(TOPIC);
  const collector = new Collector(fixture.board);
  await broker.subscribe({ group: 'g', topics: ['t'], from: 'latest', maxBatch: 100, receiver: collector });
  await fixture.board.until('it has all', () => collector.held.size === 4);
  const child = fixture.child('producer.ts', { path: fixture.path, topic: 't', name: 'p', keys: KEYS });
  await child.told('published', ({ call }) => call === 20);
  child.say({ kind: 'stop' });
  await child.told('stopped');
  const published = child.messages.filter(({ kind }) => kind === 'published').map(({ call }) => call);
  const came = () => collector.records.filter(({ key }) => key === 'a').map(({ value }) => callOf(value!));
  await fixture.board.until('the last call has come', () => came().length === published.length);
  expect(came()).toEqual(published);
});

test('a process that died with nobody left in its group is tidied away', async () => {
  const broker = await fixture.broker({ housekeepingMs: 20 });
  await broker.ensureTopic(TOPIC);
  const child = fixture.child('consumer.ts', { path: fixture.path, topic: 't', group: 'g' });
  await child.told('assigned');
  expect(fixture.look('SELECT id FROM members')).toHaveLength(1);
  await child.end();
  await fixture.board.until(
    'its membership is gone',
    () => fixture.look('SELECT id FROM members').length === 0,
  );
  expect(fixture.look('SELECT owner FROM group_partitions WHERE owner IS NOT NULL')).toEqual([]);
});

test('an idle member costs hardly any CPU, although another one beats beside it', async () => {
  const broker = await fixture.broker();
  await broker.ensureTopic(TOPIC);
  const child = fixture.child('consumer.ts', { path: fixture.path, topic: 't', group: 'g' });
  await child.told('assigned');
  await broker.subscribe({
    group: 'g',
    topics: ['t'],
    from: 'latest',
    maxBatch: 10,
    receiver: new Collector(fixture.board),
  });
  await child.told('revoked');
  const cpuMs = async () => {
    child.messages.length = 0;
    child.say({ kind: 'cpu' });
    return Number((await child.told('cpu')).ms);
  };
  await pause(300);
  const [before, startedAt] = [await cpuMs(), performance.now()];
  await pause(2_000);
  const share = ((await cpuMs()) - before) / (performance.now() - startedAt);
  console.info(`idle member: ${(share * 100).toFixed(2)} % of a core`);
  expect(share).toBeLessThan(0.05);
});

test.runIf(hasPrlimit())(
  'a full disk refuses whole calls, and publishing goes on when there is room',
  async () => {
    const broker = await fixture.broker();
    await broker.ensureTopic(TOPIC);
    // a limit on the size of files is met like a full disk
    const child = fixture.child('hoarder.ts', { path: fixture.path, topic: 't' }, 'ulimit -S -f 4000');
    const { code, calls } = await child.told('refused');
    expect(code).toBe('BROKER_UNAVAILABLE');
    const count = () => fixture.look(`SELECT headers, count(*) AS n FROM records GROUP BY headers`);
    expect(count().length).toBe(calls - 1);
    expect(count().every(({ n }) => n === 3)).toBe(true);
    execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
    child.say({ kind: 'room' });
    await child.told('works');
    expect(count().length).toBe(calls);
  },
);

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function callOf(value: Uint8Array): unknown {
  return JSON.parse(Buffer.from(value).toString()).call;
}

function hasPrlimit(): boolean {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
