import assert from 'node:assert/strict';
import type { Broker, TopicPartition } from '../../broker/broker.js';
import { Latch } from '../../kernel/latch.js';
import { type BrokerCase, brokerCase } from './broker-case.js';
import { type BrokerLab, record } from './broker-lab.js';
import { nameOf } from './group-journal.js';
import type { GroupMember } from './group-member.js';

export const rebalanceCases: readonly BrokerCase[] = [
  brokerCase('a partition goes to another member only when its holder has let go of it', async (lab) => {
    const [one, other] = [await lab.broker(), await lab.broker()];
    const topic = await lab.topic(one, 2);
    const group = lab.group();
    const [asked, done] = [new Latch(), new Latch()];
    const asking: string[] = [];
    const letGo = async (partitions: readonly TopicPartition[]) => {
      asking.push(...partitions.map(nameOf));
      asked.open();
      await done.opened;
    };
    const bystander = await lab.joinAndHold(one, 2, { group: lab.group(), topics: [topic] });
    await lab.joinAndHold(one, 2, { group, topics: [topic], letGo });
    const joining = lab.join(other, { group, topics: [topic] });
    await lab.until('the holder is asked to let go', () => asked.isOpen);

    // a joiner that did not wait would have its share before all of these have made their way one after the other
    const newcomer = await Promise.race([joining, markers(lab, one, topic, bystander).then(() => undefined)]);
    await markers(lab, other, topic, bystander);
    assert.deepEqual([...(newcomer?.held ?? [])], []);
    done.open();

    const member = await joining;
    await lab.until('the newcomer has its share', () => member.held.size === 1);
    assert.ok(asking.includes([...member.held][0]!));
  }),

  brokerCase('what the holder commits while it lets go is where the next one goes on', async (lab) => {
    const [one, other] = [await lab.broker(), await lab.broker()];
    const topic = await lab.topic(one, 1);
    const group = lab.group();
    const values = ['a', 'b', 'c'];
    await one.publish(values.map((value) => record(topic, 'k', value)));
    const holder: GroupMember = await lab.join(one, {
      group,
      topics: [topic],
      letGo: () => holder.commit(holder.records[1]!),
    });
    await lab.untilValues(holder, values);
    await holder.subscription!.close();
    const next = await lab.join(other, { group, topics: [topic] });
    await lab.untilValues(next, ['c']);
    assert.deepEqual(next.values, ['c']);
  }),

  brokerCase(
    'members come and go while records flow: none is lost, and each key keeps its order',
    async (lab) => {
      const brokers = await Promise.all([lab.broker(), lab.broker(), lab.broker()]);
      const topic = await lab.topic(brokers[0], 4);
      const group = lab.group();
      const keys = Array.from({ length: 8 }, (_, i) => `key-${i}`);
      const journal: { key: string; place: number }[] = [];
      const open = (broker: Broker) =>
        lab.join(broker, {
          group,
          topics: [topic],
          commits: true,
          work: (_partition, records) => {
            for (const { key, value } of records) {
              journal.push({ key: key!, place: Number(Buffer.from(value!).toString()) });
            }
          },
        });
      let place = 0;
      const flow = lab.flow(async () => {
        await brokers[0].publish(keys.map((key) => record(topic, key, `${place}`)));
        place += 1;
      });

      const first = await open(brokers[0]);
      await lab.until('the first works', () => first.records.length > 0);
      const second = await open(brokers[1]);
      await lab.until('the second works', () => second.records.length > 0);
      const third = await open(brokers[2]);
      await lab.until('the third works', () => third.records.length > 0);
      await first.subscription!.close();
      await lab.until('two share', () => second.held.size === 2 && third.held.size === 2);
      await third.subscription!.close();
      await lab.until('one has all', () => second.held.size === 4);
      await flow.end();

      const expected = Array.from({ length: place }, (_, i) => i);
      const seen = (key: string) => journal.filter((entry) => entry.key === key).map((entry) => entry.place);
      await lab.until('all have come', () => keys.every((key) => new Set(seen(key)).size === place));
      // what came again after a rebalance is passed over: the first time counts
      for (const key of keys) assert.deepEqual([...new Set(seen(key))], expected, key);
    },
  ),

  brokerCase('a receiver that rejects ends its subscription, and another member takes over', async (lab) => {
    const [one, other] = [await lab.broker(), await lab.broker()];
    const topic = await lab.topic(one, 1);
    const group = lab.group();
    const faulty = await lab.joinAndHold(one, 1, {
      group,
      topics: [topic],
      work: () => Promise.reject(new Error('a bug of the receiver')),
    });
    const sound = await lab.join(other, { group, topics: [topic] });
    await one.publish([record(topic, 'k', 'v')]);
    await lab.until('the subscription has ended', () => faulty.subscription!.state === 'closed');
    await lab.untilValues(sound, ['v']);
  }),

  brokerCase('a member is joining until it has its share, then running', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 1);
    const member = await lab.join(broker, { group: lab.group(), topics: [topic] });
    assert.ok(member.held.size > 0 || member.subscription!.state === 'joining');
    await lab.until('it is running', () => member.subscription!.state === 'running');
    assert.equal(member.held.size, 1);
    assert.equal(member.subscription!.failure, undefined);
  }),
];

/** Sends records through the log one after the other, and sees each arrive. */
async function markers(lab: BrokerLab, broker: Broker, topic: string, reader: GroupMember): Promise<void> {
  for (let i = 0; i < 10; i++) {
    const value = `marker ${i} ${lab.group()}`;
    await broker.publish([record(topic, value, value)]);
    await lab.untilValues(reader, [value]);
  }
}
