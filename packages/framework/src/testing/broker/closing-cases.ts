import assert from 'node:assert/strict';
import { BrokerUnavailableError } from '../../kernel/errors/broker-errors.js';
import { type BrokerCase, brokerCase } from './broker-case.js';
import { record } from './broker-lab.js';

export const closingCases: readonly BrokerCase[] = [
  brokerCase(
    'a closed broker rejects every call with BrokerUnavailableError, and a second close does nothing',
    async (lab) => {
      const broker = await lab.broker();
      const topic = await lab.topic(broker, 1);
      await broker.ping();
      await Promise.all([broker.close(), broker.close()]);
      await broker.close();
      const again = { name: topic, partitions: 1, retentionMs: 1_000, retentionBytes: 1_000 };
      await assert.rejects(broker.ping(), BrokerUnavailableError);
      await assert.rejects(broker.ensureTopic(again), BrokerUnavailableError);
      await assert.rejects(broker.publish([record(topic, 'k', 'v')]), BrokerUnavailableError);
      await assert.rejects(lab.join(broker, { group: lab.group(), topics: [topic] }), BrokerUnavailableError);
    },
  ),

  brokerCase('closing a subscription has its partitions let go of once, and ends it', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 2);
    const member = await lab.joinAndHold(broker, 2, { group: lab.group(), topics: [topic] });
    await Promise.all([member.subscription!.close(), member.subscription!.close()]);
    await member.subscription!.close();
    assert.equal(member.held.size, 0);
    assert.equal(member.revocations, 1);
    assert.equal(member.subscription!.state, 'closed');
  }),

  brokerCase('a closed subscription is given nothing more', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 1);
    const member = await lab.joinAndHold(broker, 1, { group: lab.group(), topics: [topic] });
    const witness = await lab.join(broker, { group: lab.group(), topics: [topic] });
    await member.subscription!.close();
    for (const value of ['a', 'b', 'c']) {
      await broker.publish([record(topic, 'k', value)]);
      await lab.untilValues(witness, [value]);
    }
    assert.deepEqual(member.values, []);
  }),

  brokerCase(
    'a broker that closes lets go of everything, and others take over what is not committed',
    async (lab) => {
      const [one, other] = [await lab.broker(), await lab.broker()];
      const topic = await lab.topic(one, 2);
      const group = lab.group();
      const leaving = await lab.joinAndHold(one, 2, { group, topics: [topic] });
      const values = Array.from({ length: 10 }, (_, i) => `v${i}`);
      await one.publish(values.map((value) => record(topic, value, value)));
      await lab.untilValues(leaving, values);
      const staying = await lab.join(other, { group, topics: [topic] });
      await one.close();
      assert.equal(leaving.subscription!.state, 'closed');
      assert.equal(leaving.held.size, 0);
      await lab.untilValues(staying, values);
    },
  ),

  brokerCase('work that is under way when a broker closes is finished and committed', async (lab) => {
    const [one, other] = [await lab.broker(), await lab.broker()];
    const topic = await lab.topic(one, 1);
    const group = lab.group();
    const begun: string[] = [];
    const member = await lab.joinAndHold(one, 1, {
      group,
      topics: [topic],
      commits: true,
      work: async () => {
        begun.push('work');
        await other.ping();
        for (let i = 0; i < 20; i++) await new Promise((next) => setImmediate(next));
      },
    });
    await other.publish([record(topic, 'k', 'under way')]);
    await lab.until('work is under way', () => begun.length > 0);
    await one.close();
    assert.deepEqual(member.values, ['under way']);
    await other.publish([record(topic, 'k', 'next')]);
    const next = await lab.join(other, { group, topics: [topic] });
    await lab.untilValues(next, ['next']);
    assert.deepEqual(next.values, ['next']);
  }),
];
