import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Latch } from '../../src/kernel/latch.js';
import { inject } from '../../src/model/ambient.js';
import { defineService } from '../../src/model/service-definition.js';
import { seededRandom } from '../../src/testing/seeded-random.js';
import { FaultyBroker } from '../../src/testing/faulty-broker.js';
import { startStandIn } from '../../src/testing/stand-in-server.js';
import { openLab } from '../fixtures/lab.js';
import {
  auditedOffice,
  calls,
  duty,
  filed,
  letter,
  office,
  resetOffice,
  waiting,
} from '../fixtures/office.js';
import { PaymentClient } from '../fixtures/payment-client.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';

resetOffice();

const senders = (count: number) => Array.from({ length: count }, (_, index) => `s${index}-`);

describe('the consumer', () => {
  it('handles the events of each key in their order, with many keys side by side', async () => {
    using folder = temporaryFolder();
    const random = seededRandom(3);
    duty.clerk = async () => {
      for (let turns = Math.floor(random() * 5); turns > 0; turns--) await turn();
    };
    await using lab = await openLab(folder.path, office);
    for (let no = 1; no <= 8; no++) await lab.send(...senders(30).map((from) => letter(from, no)));
    await lab.drained();
    const entries = await filed(lab);
    expect(entries).toHaveLength(240);
    for (const from of senders(30)) {
      const own = entries.filter((entry) => entry.startsWith(from));
      expect(own).toEqual(Array.from({ length: 8 }, (_, index) => `${from}${index + 1}`));
    }
  });

  it('handles as many keys side by side as it may, and no more', async () => {
    using folder = temporaryFolder();
    const [enough, gate] = [new Latch(), new Latch()];
    let running = 0;
    let most = 0;
    duty.clerk = async () => {
      most = Math.max(most, ++running);
      if (running === 4) enough.open();
      await gate.opened;
      running--;
    };
    await using lab = await openLab(folder.path, office, { settings: { HANDLER_CONCURRENCY: 4 } });
    await lab.send(...senders(12).map((from) => letter(from, 1)));
    await enough.opened;
    gate.open();
    await lab.drained();
    expect(most).toBe(4);
    expect(await filed(lab)).toHaveLength(12);
  });

  it('lets other keys go on beside one whose handler takes its time', async () => {
    using folder = temporaryFolder();
    const gate = new Latch();
    duty.clerk = ({ from }) => from === 'slow' && gate.opened;
    await using lab = await openLab(folder.path, office);
    await lab.send(letter('slow', 1), letter('slow', 2), letter('a', 1), letter('b', 1));
    await until(
      () => filed(lab),
      (entries) => entries.length === 2,
    );
    expect(calls.toSorted()).toEqual(['clerk a1', 'clerk b1', 'clerk slow1']);
    gate.open();
    await lab.drained();
    expect((await filed(lab)).slice(2)).toEqual(['slow1', 'slow2']);
  });

  it('brings each event to every class of handlers, each once', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, auditedOffice);
    await lab.send(letter('a', 1), letter('b', 1), letter('a', 2));
    await lab.drained();
    expect((await filed(lab, 'clerk')).toSorted()).toEqual(['a1', 'a2', 'b1']);
    expect((await filed(lab, 'auditor')).toSorted()).toEqual(['a1', 'a2', 'b1']);
  });

  it('lets a record that is delivered twice take effect once', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, auditedOffice);
    await lab.send(letter('a', 1), letter('a', 1), letter('a', 2), letter('a', 1));
    await lab.drained();
    expect(await filed(lab, 'clerk')).toEqual(['a1', 'a2']);
    expect(await filed(lab, 'auditor')).toEqual(['a1', 'a2']);
    expect(await lab.metrics.text()).toMatch(/^inbox_duplicates_total\{handler="Clerk".*\} 2$/m);
  });

  it('takes the same fields at another place for another event, where the publisher gives no ids', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, office);
    const java = { eventType: 'Letter', fields: { from: 'java', no: 1 } };
    await lab.send(java, java);
    await lab.drained();
    expect(await filed(lab)).toEqual(['java1', 'java1']);
  });

  it('keeps the order of the key that the reader names, where the publisher sends none', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, office, { settings: { TOPIC_PARTITIONS: 1 } });
    const gate = new Latch();
    duty.clerk = ({ from, no }) => from === 'java' && no === 1 && gate.opened;
    const java = (from: string, no: number) => ({ eventType: 'Letter', fields: { from, no } });
    await lab.send(java('java', 1), java('java', 2), java('other', 1));
    await until(
      () => filed(lab),
      (entries) => entries.length === 1,
    );
    expect(calls).toEqual(['clerk java1', 'clerk other1']);
    gate.open();
    await lab.drained();
    expect(await filed(lab)).toEqual(['other1', 'java1', 'java2']);
  });

  it('lets the calls that a handler makes take no longer than the handler may', async () => {
    using folder = temporaryFolder();
    await using payment = await startStandIn();
    payment.answers({ status: 200, body: { id: 1 } });
    duty.clerk = () => inject(PaymentClient).read({ id: 1 });
    await using lab = await openLab(folder.path, defineService({ ...office, clients: [PaymentClient] }), {
      settings: { HANDLER_TIMEOUT_MS: 1_500 },
      environment: { PAYMENT_URL: payment.url },
    });
    await lab.send(letter('a', 1));
    await lab.drained();
    const told = payment.requests.map(({ headers }) => Number(headers['x-request-timeout-ms']));
    expect(told).toEqual([expect.any(Number)]);
    expect(told[0]).toBeLessThanOrEqual(1_500);
  });

  it('passes over event types that nobody reacts to, and counts them', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, office);
    await lab.send({ eventType: 'Parcel', fields: { from: 5 } }, letter('a', 1), { eventType: 'letter' });
    await lab.drained();
    expect(await filed(lab)).toEqual(['a1']);
    expect(await waiting(lab)).toEqual([]);
    expect(await lab.metrics.text()).toMatch(/^events_ignored_total.* 2$/m);
  });

  it('does not even read what its header says is for others', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, office);
    await lab.send({ headers: { ce_type: 'Parcel' }, value: 'no JSON' }, letter('a', 1));
    await lab.drained();
    expect(await waiting(lab)).toEqual([]);
    expect(await lab.metrics.text()).toMatch(/^events_ignored_total.* 1$/m);
  });

  it('takes no more records of a partition than it can keep, however many wait', async () => {
    using folder = temporaryFolder();
    const gate = new Latch();
    duty.clerk = () => gate.opened;
    let given = 0;
    await using lab = await openLab(folder.path, office, {
      settings: { HANDLER_CONCURRENCY: 200, TOPIC_PARTITIONS: 1 },
      wrapBroker: (broker) => {
        const subscribe = broker.subscribe.bind(broker);
        broker.subscribe = (options) => {
          const received = options.receiver.received.bind(options.receiver);
          if (options.group === office.name)
            options.receiver.received = (at, records) => ((given += records.length), received(at, records));
          return subscribe(options);
        };
        return broker;
      },
    });
    await lab.send(...senders(1_600).map((from) => letter(from, 1)));
    await until(
      () => given,
      (records) => records >= 1_000,
    );
    // another group gets everything meanwhile: the broker was not what was slow
    let marked = 0;
    const marker = await lab.broker.subscribe({
      group: 'marker',
      topics: [office.topic],
      from: 'earliest',
      maxBatch: 1_000,
      receiver: {
        assigned() {},
        lost() {},
        revoked: async () => {},
        received: async (_, records) => void (marked += records.length),
      },
    });
    await until(
      () => marked,
      (records) => records === 1_600,
    );
    await marker.close();
    expect(calls).toHaveLength(200);
    // 1000 unsettled of a partition, and one batch of at most 200 in hand
    expect(given).toBeLessThanOrEqual(1_000 + 200);
    gate.open();
    await lab.drained();
    expect(calls).toHaveLength(1_600);
    expect(new Set(calls).size).toBe(1_600);
  });

  it('finishes what is under way when it stops, and leaves the rest for the next start', async () => {
    using folder = temporaryFolder();
    const [begun, gate] = [new Latch(), new Latch()];
    duty.clerk = async () => {
      begun.open();
      await gate.opened;
    };
    {
      await using lab = await openLab(folder.path, office, { settings: { HANDLER_CONCURRENCY: 1 } });
      await lab.send(letter('a', 1), letter('a', 2), letter('b', 1));
      await begun.opened;
      const stopping = lab.assembly.consumer!.stop();
      gate.open();
      await stopping;
      expect(await filed(lab)).toHaveLength(1);
    }
    const before = calls.length;
    expect(before).toBe(1);
    await using again = await openLab(folder.path, office);
    await again.drained();
    expect((await filed(again)).toSorted()).toEqual(['a1', 'a2', 'b1']);
    expect(calls).toHaveLength(3);
  });

  it('shares the work with another process of the service: each event takes effect once', async () => {
    using folder = temporaryFolder();
    await using first = await openLab(folder.path, office);
    await first.send(...senders(20).map((from) => letter(from, 1)));
    {
      await using second = await openLab(folder.path, office);
      await first.send(...senders(20).map((from) => letter(from, 2)));
      await until(
        async () => (await second.assembly.consumer!.lag()).length,
        (partitions) => partitions === 3,
      );
      await first.send(...senders(20).map((from) => letter(from, 3)));
    }
    await first.send(...senders(20).map((from) => letter(from, 4)));
    await first.drained();
    const entries = await filed(first);
    for (const from of senders(20)) {
      const all = [1, 2, 3, 4].map((no) => `${from}${no}`);
      expect(entries.filter((entry) => entry.startsWith(from)).toSorted()).toEqual(all);
      // ids come from blocks of each process, so the calls tell the order
      const called = new Set(calls.filter((call) => call.includes(` ${from}`)));
      expect([...called]).toEqual(all.map((each) => `clerk ${each}`));
    }
  });

  it('goes on when offsets could not be committed: the next round commits them', async () => {
    using folder = temporaryFolder();
    let broker!: FaultyBroker;
    await using lab = await openLab(folder.path, office, {
      wrapBroker: (one) => (broker = new FaultyBroker(one)),
    });
    const failed = broker.failNext('subscription.commit', new Error('not now'));
    await lab.send(letter('a', 1));
    await failed.reached;
    await lab.drained();
    expect(lab.logged.map(({ msg }) => msg)).toContain('offsets could not be committed');
    expect(await filed(lab)).toEqual(['a1']);
  });
});
