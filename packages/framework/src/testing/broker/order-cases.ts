import assert from 'node:assert/strict';
import type { Broker } from '../../broker/broker.js';
import { type BrokerCase, brokerCase } from './broker-case.js';
import { record } from './broker-lab.js';
import type { GroupMember } from './group-member.js';

export const orderCases: readonly BrokerCase[] = [
  brokerCase(
    'records of one key come in the order of the calls, and within a call in that of its list',
    async (lab) => {
      const broker = await lab.broker();
      const topic = await lab.topic(broker, 3);
      const calls = numbered(10).map((call) =>
        ['a', 'b', 'c'].flatMap((key) =>
          numbered(5).map((place) => ({ key, value: `${key} ${call}.${place}` })),
        ),
      );
      for (const call of calls) await broker.publish(call.map(({ key, value }) => record(topic, key, value)));
      const member = await lab.join(broker, { group: lab.group(), topics: [topic] });
      await lab.untilValues(
        member,
        calls.flat().map(({ value }) => value),
      );
      for (const key of ['a', 'b', 'c']) {
        const sent = calls.flat().filter((one) => one.key === key);
        assert.deepEqual(
          valuesOf(member, key),
          sent.map(({ value }) => value),
        );
      }
    },
  ),

  brokerCase("several producers at once: each one's records of a key keep their order", async (lab) => {
    const brokers = await Promise.all([lab.broker(), lab.broker(), lab.broker()]);
    const topic = await lab.topic(brokers[0], 2);
    const member = await lab.join(brokers[0], { group: lab.group(), topics: [topic] });
    const produce = async (broker: Broker, producer: number) => {
      for (const value of valuesBy(producer)) await broker.publish([record(topic, 'shared', value)]);
    };
    await Promise.all(brokers.map(produce));
    await lab.untilValues(member, [0, 1, 2].flatMap(valuesBy));
    for (const producer of [0, 1, 2]) {
      const came = valuesOf(member, 'shared').filter((value) => value.startsWith(`p${producer} `));
      assert.deepEqual(came, valuesBy(producer));
    }
  }),

  brokerCase('records with the same key go to the same partition, whoever publishes them', async (lab) => {
    const brokers = await Promise.all([lab.broker(), lab.broker()]);
    const topic = await lab.topic(brokers[0], 4);
    const keys = numbered(20).map((i) => `key-${i}`);
    for (const [i, broker] of brokers.entries()) {
      await broker.publish(keys.map((key) => record(topic, key, `${key} of ${i}`)));
    }
    const member = await lab.join(brokers[0], { group: lab.group(), topics: [topic] });
    await lab.untilValues(
      member,
      keys.flatMap((key) => [`${key} of 0`, `${key} of 1`]),
    );
    for (const key of keys) {
      const partitions = member.records.filter((one) => one.key === key).map(({ partition }) => partition);
      assert.equal(new Set(partitions).size, 1, key);
    }
    assert.ok(new Set(member.records.map(({ partition }) => partition)).size > 1, 'keys are spread');
  }),
];

function numbered(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function valuesBy(producer: number): string[] {
  return numbered(20).map((i) => `p${producer} ${i}`);
}

/** The values of one key as they came; a record that came twice counts once. */
function valuesOf(member: GroupMember, key: string): string[] {
  const ofKey = member.records.filter((one) => one.key === key);
  return [...new Set(ofKey.map(({ value }) => Buffer.from(value!).toString()))];
}
