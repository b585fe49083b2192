import assert from 'node:assert/strict';
import { BrokerUnavailableError } from '../../kernel/errors/broker-errors.js';
import { type BrokerCase, interruptionCase } from './broker-case.js';
import { record } from './broker-lab.js';

export const interruptionCases: readonly BrokerCase[] = [
  interruptionCase(
    'while the engine is away publishing rejects with BrokerUnavailableError, and works again afterwards',
    async (lab, interrupt) => {
      const broker = await lab.broker();
      const topic = await lab.topic(broker, 1);
      const member = await lab.joinAndHold(broker, 1, { group: lab.group(), topics: [topic] });
      const restore = await interrupt();
      try {
        await assert.rejects(broker.publish([record(topic, 'k', 'lost or not')]), BrokerUnavailableError);
      } finally {
        await restore();
      }
      await broker.publish([record(topic, 'k', 'afterwards')]);
      await lab.untilValues(member, ['afterwards']);
    },
  ),

  interruptionCase(
    'a subscription that cannot commit is failing and says why, then runs again by itself and misses nothing',
    async (lab, interrupt) => {
      const broker = await lab.broker();
      const topic = await lab.topic(broker, 1);
      const group = lab.group();
      await broker.publish([record(topic, 'k', 'before')]);
      const member = await lab.joinAndHold(broker, 1, { group, topics: [topic] });
      await lab.untilValues(member, ['before']);
      const { subscription } = member;
      const restore = await interrupt();
      try {
        await assert.rejects(member.commit(member.records[0]!), BrokerUnavailableError);
        await lab.until('it is failing', () => subscription!.state === 'failing');
        assert.ok(subscription!.failure instanceof BrokerUnavailableError);
      } finally {
        await restore();
      }
      await lab.until('it runs again', () => subscription!.state === 'running');
      assert.equal(subscription!.failure, undefined);
      await broker.publish([record(topic, 'k', 'after')]);
      await lab.untilValues(member, ['after']);
    },
  ),
];
