import assert from 'node:assert/strict';
import { type BrokerCase, brokerCase } from './broker-case.js';
import { record } from './broker-lab.js';

export const offsetCases: readonly BrokerCase[] = [
  brokerCase('records that were committed do not come again, those behind them do', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 1);
    const group = lab.group();
    const values = Array.from({ length: 10 }, (_, i) => `v${i}`);
    await broker.publish(values.map((value) => record(topic, 'k', value)));
    const before = await lab.join(broker, { group, topics: [topic] });
    await lab.untilValues(before, values);
    await before.commit(before.records[5]!);
    await before.subscription!.close();

    const after = await lab.join(await lab.broker(), { group, topics: [topic] });
    await lab.untilValues(after, values.slice(6));
    assert.deepEqual(after.values, values.slice(6));
  }),

  brokerCase('records of which none was committed all come again', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 2);
    const group = lab.group();
    const values = Array.from({ length: 10 }, (_, i) => `v${i}`);
    await broker.publish(values.map((value) => record(topic, value, value)));
    const before = await lab.join(broker, { group, topics: [topic] });
    await lab.untilValues(before, values);
    await before.subscription!.close();
    const after = await lab.join(broker, { group, topics: [topic] });
    await lab.untilValues(after, values);
  }),

  brokerCase(
    'records and committed offsets are still there when all brokers were closed and others opened',
    async (lab) => {
      const broker = await lab.broker();
      const topic = await lab.topic(broker, 1);
      const group = lab.group();
      await broker.publish(['a', 'b', 'c'].map((value) => record(topic, 'k', value)));
      const before = await lab.join(broker, { group, topics: [topic] });
      await lab.untilValues(before, ['a', 'b', 'c']);
      await before.commit(before.records[1]!);
      await lab.restart();

      const after = await lab.join(await lab.broker(), { group, topics: [topic] });
      await lab.untilValues(after, ['c']);
      assert.deepEqual(after.values, ['c']);
    },
  ),

  brokerCase('a new group from earliest begins with the first record', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 1);
    await broker.publish([record(topic, 'k', 'old')]);
    const member = await lab.join(broker, { group: lab.group(), topics: [topic], from: 'earliest' });
    await broker.publish([record(topic, 'k', 'new')]);
    await lab.untilValues(member, ['old', 'new']);
    assert.deepEqual(member.values, ['old', 'new']);
  }),

  brokerCase('a new group from latest begins with what comes after it', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 1);
    await broker.publish([record(topic, 'k', 'old')]);
    const member = await lab.joinAndHold(broker, 1, {
      group: lab.group(),
      topics: [topic],
      from: 'latest',
    });
    // when exactly "latest" is looked up after the assignment is the adapter's affair, so the first ones may be missed
    const flow = lab.flow(() => broker.publish([record(topic, 'k', 'new')]));
    await lab.until('a new one has come', () => member.records.length > 0);
    await flow.end();
    assert.ok(!member.values.includes('old'));
  }),

  brokerCase('a group that has committed goes on there, although it would begin at latest', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 1);
    const group = lab.group();
    await broker.publish(['a', 'b', 'c'].map((value) => record(topic, 'k', value)));
    const before = await lab.join(broker, { group, topics: [topic] });
    await lab.untilValues(before, ['a', 'b', 'c']);
    await before.commit(before.records[0]!);
    await before.subscription!.close();
    const after = await lab.join(broker, { group, topics: [topic], from: 'latest' });
    await lab.untilValues(after, ['b', 'c']);
    assert.deepEqual(after.values, ['b', 'c']);
  }),

  brokerCase('a commit of a former holder of the partition is not taken', async (lab) => {
    const [one, other] = [await lab.broker(), await lab.broker()];
    const topic = await lab.topic(one, 2);
    const keys = await lab.keysOfDifferentPartitions(one, topic, 2);
    const group = lab.group();
    const former = await lab.joinAndHold(one, 2, { group, topics: [topic], commits: true });
    const holder = await lab.joinAndHold(other, 1, { group, topics: [topic], commits: true });
    await lab.until('the former holder has the other half', () => former.held.size === 1);
    await one.publish(keys.map((key) => record(topic, key, `done ${key}`)));
    // their own last commits must be through, or they would hide one that was taken wrongly
    await lab.until('all is done', () =>
      [former, holder].every(({ values, isIdle }) => values.some(isDone) && isIdle),
    );
    const partition = holder.records.at(-1)!.partition;

    await former.subscription!.commit([{ topic, partition, offset: 0 }]);

    await Promise.all([former.subscription!.close(), holder.subscription!.close()]);
    await one.publish(keys.map((key) => record(topic, key, `marker ${key}`)));
    const next = await lab.join(one, { group, topics: [topic] });
    await lab.untilValues(
      next,
      keys.map((key) => `marker ${key}`),
    );
    assert.ok(
      next.values.every((value) => value.startsWith('marker ')),
      next.values.join(),
    );
  }),

  brokerCase('the lag is the number of records that are not committed', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 1);
    const values = Array.from({ length: 10 }, (_, i) => `v${i}`);
    await broker.publish(values.map((value) => record(topic, 'k', value)));
    const member = await lab.joinAndHold(broker, 1, { group: lab.group(), topics: [topic] });
    await lab.untilValues(member, values);
    assert.deepEqual(await member.subscription!.lag(), [{ topic, partition: 0, offset: 0, lag: 10 }]);
    await member.commit(member.records[3]!);
    assert.deepEqual(await member.subscription!.lag(), [{ topic, partition: 0, offset: 4, lag: 6 }]);
    await member.commit(member.records[9]!);
    assert.deepEqual(await member.subscription!.lag(), [{ topic, partition: 0, offset: 10, lag: 0 }]);
  }),
];

function isDone(value: string): boolean {
  return value.startsWith('done ');
}
