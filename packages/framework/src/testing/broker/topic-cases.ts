import assert from 'node:assert/strict';
import { UnknownTopicError } from '../../kernel/errors/broker-errors.js';
import { type BrokerCase, brokerCase } from './broker-case.js';
import { record } from './broker-lab.js';

export const topicCases: readonly BrokerCase[] = [
  brokerCase('a topic that many make at the same moment is made once', async (lab) => {
    const brokers = await Promise.all([lab.broker(), lab.broker(), lab.broker(), lab.broker()]);
    const name = `made-at-once-${lab.group()}`;
    const topic = { name, partitions: 3, retentionMs: 3_600_000, retentionBytes: 2 ** 30 };
    await Promise.all(brokers.map((broker) => broker.ensureTopic(topic)));
    const member = await lab.joinAndHold(brokers[0], 3, { group: lab.group(), topics: [name] });
    assert.deepEqual([...member.held].toSorted(), [`${name}/0`, `${name}/1`, `${name}/2`]);
  }),

  brokerCase('a topic that exists keeps its number of partitions and its records', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 2);
    await broker.publish([record(topic, 'k', 'before')]);
    await broker.ensureTopic({
      name: topic,
      partitions: 5,
      retentionMs: 3_600_000,
      retentionBytes: 2 ** 30,
    });
    await broker.publish([record(topic, 'k', 'after')]);
    const member = await lab.joinAndHold(broker, 2, { group: lab.group(), topics: [topic] });
    await lab.untilValues(member, ['before', 'after']);
    assert.equal(new Set(member.records.map(({ partition }) => partition)).size, 1);
  }),

  brokerCase('publishing to a topic that does not exist is refused with UnknownTopicError', async (lab) => {
    const broker = await lab.broker();
    await assert.rejects(broker.publish([record(`no-${lab.group()}`, 'k', 'v')]), UnknownTopicError);
  }),

  brokerCase(
    'joining a group for a topic that does not exist is refused with UnknownTopicError',
    async (lab) => {
      const broker = await lab.broker();
      const joining = lab.join(broker, { group: lab.group(), topics: [`no-${lab.group()}`] });
      await assert.rejects(joining, UnknownTopicError);
    },
  ),
];
