import assert from 'node:assert/strict';
import { GroupInUseError } from '../../kernel/errors/broker-errors.js';
import { Latch } from '../../kernel/latch.js';
import { type BrokerCase, brokerCase } from './broker-case.js';
import { record } from './broker-lab.js';

export const groupCases: readonly BrokerCase[] = [
  brokerCase('every group gets every record', async (lab) => {
    const [one, other] = [await lab.broker(), await lab.broker()];
    const topic = await lab.topic(one, 3);
    const first = await lab.join(one, { group: lab.group(), topics: [topic] });
    const second = await lab.join(other, { group: lab.group(), topics: [topic] });
    const values = Array.from({ length: 30 }, (_, i) => `v${i}`);
    await one.publish(values.map((value) => record(topic, value, value)));
    await lab.untilValues(first, values);
    await lab.untilValues(second, values);
  }),

  brokerCase('members of a group share the partitions, and each record comes to one of them', async (lab) => {
    const [one, other] = [await lab.broker(), await lab.broker()];
    const topic = await lab.topic(one, 4);
    const group = lab.group();
    const first = await lab.join(one, { group, topics: [topic], commits: true });
    const second = await lab.join(other, { group, topics: [topic], commits: true });
    await lab.until('both have half', () => first.held.size === 2 && second.held.size === 2);
    const values = Array.from({ length: 40 }, (_, i) => `v${i}`);
    await one.publish(values.map((value) => record(topic, value, value)));
    await lab.until('all have come', () => first.records.length + second.records.length >= values.length);
    assert.deepEqual([...first.values, ...second.values].toSorted(), values.toSorted());
    assert.ok(first.records.length > 0 && second.records.length > 0);
  }),

  brokerCase('a member for which there is no partition takes over when another leaves', async (lab) => {
    const [one, other] = [await lab.broker(), await lab.broker()];
    const topic = await lab.topic(one, 1);
    const group = lab.group();
    const members = [
      await lab.join(one, { group, topics: [topic] }),
      await lab.join(other, { group, topics: [topic] }),
    ];
    await lab.until('one of them has the partition', () => members.some(({ held }) => held.size === 1));
    const holder = members.find(({ held }) => held.size === 1)!;
    const waiting = members.find((member) => member !== holder)!;
    await holder.subscription!.close();
    await lab.until('the other has it', () => waiting.held.size === 1);
  }),

  brokerCase('members of a group that read different topics get only what they read', async (lab) => {
    const [one, other] = [await lab.broker(), await lab.broker()];
    const [left, both, right] = [await lab.topic(one, 2), await lab.topic(one, 2), await lab.topic(one, 2)];
    const group = lab.group();
    const first = await lab.join(one, { group, topics: [left, both], commits: true });
    const second = await lab.join(other, { group, topics: [both, right], commits: true });
    await lab.until('all partitions are held', () => first.held.size === 3 && second.held.size === 3);
    await one.publish(
      [left, both, right].flatMap((topic) =>
        Array.from({ length: 10 }, (_, i) => record(topic, `k${i}`, `${topic} ${i}`)),
      ),
    );
    await lab.until('all have come', () => new Set([...first.values, ...second.values]).size === 30);
    assert.ok(!first.records.some(({ topic }) => topic === right));
    assert.ok(!second.records.some(({ topic }) => topic === left));
  }),

  brokerCase('a member that reads several topics gets the records of all of them', async (lab) => {
    const broker = await lab.broker();
    const topics = [await lab.topic(broker, 1), await lab.topic(broker, 2)];
    const member = await lab.joinAndHold(broker, 3, { group: lab.group(), topics });
    await broker.publish(topics.map((topic) => record(topic, 'k', `of ${topic}`)));
    await lab.untilValues(
      member,
      topics.map((topic) => `of ${topic}`),
    );
  }),

  brokerCase('a group that was forgotten begins anew; one that is not known is no error', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 1);
    const group = lab.group();
    await broker.publish([record(topic, 'k', 'v')]);
    const before = await lab.join(broker, { group, topics: [topic], commits: true });
    await lab.until('it is done', () => before.values.length > 0 && before.isIdle);
    await before.subscription!.close();
    await broker.forgetGroup(group);
    await broker.forgetGroup(group);
    const after = await lab.join(broker, { group, topics: [topic] });
    await lab.untilValues(after, ['v']);
  }),

  brokerCase('a group that has a member is not forgotten, nor are its offsets', async (lab) => {
    const [one, other] = [await lab.broker(), await lab.broker()];
    const topic = await lab.topic(one, 1);
    const group = lab.group();
    await one.publish([record(topic, 'k', 'before')]);
    const member = await lab.joinAndHold(one, 1, { group, topics: [topic], commits: true });
    await lab.until('it is done', () => member.values.length > 0 && member.isIdle);
    await assert.rejects(other.forgetGroup(group), GroupInUseError);
    await member.subscription!.close();
    await one.publish([record(topic, 'k', 'after')]);
    const next = await lab.join(other, { group, topics: [topic] });
    await lab.untilValues(next, ['after']);
    assert.deepEqual(next.values, ['after']);
  }),

  brokerCase('a group that is stuck holds up no other group', async (lab) => {
    const [one, other] = [await lab.broker(), await lab.broker()];
    const topic = await lab.topic(one, 1);
    const stuck = new Latch();
    const slow = await lab.join(one, { group: lab.group(), topics: [topic], work: () => stuck.opened });
    const quick = await lab.join(other, { group: lab.group(), topics: [topic] });
    await one.publish([record(topic, 'k', 'first')]);
    await lab.untilValues(slow, ['first']);
    for (const value of ['second', 'third']) await one.publish([record(topic, 'k', value)]);
    await lab.untilValues(quick, ['first', 'second', 'third']);
    assert.deepEqual(slow.values, ['first']);
    stuck.open();
    await lab.untilValues(slow, ['second', 'third']);
  }),
];
