import assert from 'node:assert/strict';
import { Latch } from '../../kernel/latch.js';
import { type BrokerCase, brokerCase } from './broker-case.js';
import { MAX_BATCH, record } from './broker-lab.js';

export const backPressureCases: readonly BrokerCase[] = [
  brokerCase(
    'while a batch is being worked on, no other batch of its partition is given, and other partitions go on',
    async (lab) => {
      const broker = await lab.broker();
      const topic = await lab.topic(broker, 2);
      const [slow, quick] = await lab.keysOfDifferentPartitions(broker, topic, 2);
      const full = new Latch();
      const member = await lab.joinAndHold(broker, 2, {
        group: lab.group(),
        topics: [topic],
        work: (_partition, records) =>
          records.some(({ key, value }) => key === slow && isWork(value)) ? full.opened : undefined,
      });
      const slowValues = Array.from({ length: 3 * MAX_BATCH }, (_, i) => `work slow ${i}`);
      await broker.publish([record(topic, slow!, slowValues[0]!)]);
      await lab.untilValues(member, [slowValues[0]!]);
      for (const value of slowValues.slice(1)) await broker.publish([record(topic, slow!, value)]);
      const quickValues = Array.from({ length: 3 * MAX_BATCH }, (_, i) => `work quick ${i}`);
      for (const value of quickValues) await broker.publish([record(topic, quick!, value)]);
      await lab.untilValues(member, quickValues);

      assert.deepEqual(
        member.values.filter((value) => value.startsWith('work slow')),
        [slowValues[0]],
      );
      full.open();
      await lab.untilValues(member, slowValues);
      assert.deepEqual(
        member.values.filter((value) => value.startsWith('work slow')),
        slowValues,
      );
    },
  ),

  brokerCase('a batch has at most so many records as were asked for', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 1);
    const values = Array.from({ length: 5 * MAX_BATCH }, (_, i) => `v${i}`);
    await broker.publish(values.map((value) => record(topic, 'k', value)));
    const member = await lab.join(broker, { group: lab.group(), topics: [topic] });
    await lab.untilValues(member, values);
    assert.ok(member.batches.every(({ size }) => size <= MAX_BATCH));
    assert.deepEqual(member.values, values);
  }),
];

function isWork(value: Uint8Array | null): boolean {
  return Buffer.from(value!).toString().startsWith('work');
}
