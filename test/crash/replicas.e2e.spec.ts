import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noContainers } from '../../packages/framework/test/containers/containers.ts';
import { until } from '../cafe/until.ts';
import type { StoreEngine } from '../engines/engine-choice.ts';
import { Servers } from '../engines/servers.ts';
import { auditBooks, booked, sell } from './books.ts';
import { CrashLab } from './crash-lab.ts';
import { POISON } from './poison.ts';

describe.skipIf(noContainers !== undefined)(
  `several processes on one database${noContainers === undefined ? '' : `: skipped, ${noContainers}`}`,
  { timeout: 120_000 },
  () => {
    let servers: Servers;
    beforeAll(async () => {
      servers = await Servers.start('kafka', 'postgres', 'mariadb');
    }, 180_000);
    afterAll(async () => {
      await servers?.[Symbol.asyncDispose]();
    });

    it.each<StoreEngine>(['postgres', 'mariadb', 'sqlite'])(
      'on %s, a relay that slept longer than its lease may publish again, cannot delete, and nothing happens twice',
      async (store) => {
        await using lab = await CrashLab.on({ store, broker: 'kafka', servers }, 'till', 'ledger');
        const [sleeper] = await Promise.all([lab.start(['till']), lab.start(['ledger'])]);
        const other = await lab.start(['till'], { another: true });
        await sell(lab, 'a');
        await booked(lab);
        // the one has read the next event and falls asleep before it publishes; the other one publishes it, and has yet to delete it
        await sleeper.hangAt({ service: 'till', engine: 'broker', side: 'before', point: 'publish' });
        await other.hangAt({ service: 'till', engine: 'broker', side: 'after', point: 'publish' });
        const sale = await sell(lab, 'a');
        await sleeper.told('held');
        sleeper.signal('SIGSTOP');
        await other.told('held');

        sleeper.release();
        sleeper.signal('SIGCONT');
        await until(
          () => sleeper.output,
          (said) => said.includes('another process relays the outbox now'),
          20_000,
        );
        expect(await lab.engines.count('till', 'skanu_outbox')).toBe(1);
        other.release();
        await sell(lab, 'a');
        await auditBooks(lab);
        const published = (await lab.engines.log.records()).filter(
          ({ eventType, fields }) => eventType === 'Sold' && fields['id'] === sale,
        );
        expect(published.length).toBeGreaterThan(1);
        expect(new Set(published.map(({ eventId }) => eventId)).size).toBe(1);
      },
    );

    it('a parked key is redriven by whichever process is asked', async () => {
      await using lab = await CrashLab.on({ store: 'postgres', broker: 'kafka', servers }, 'till', 'ledger');
      await lab.start(['till']);
      const ledgers = await Promise.all([1, 2, 3].map(() => lab.start(['ledger'], { another: true })));
      for (const index of ledgers.keys())
        for (const amount of [1, POISON, 2, 3]) await sell(lab, `poisoned ${index}`, amount);
      await booked(lab);
      expect(await lab.engines.count('ledger', 'skanu_parked')).toBe(3 * ledgers.length);
      writeFileSync(lab.mended, '');
      for (const [index, ledger] of ledgers.entries()) {
        const path = `/actuator/parked/bookkeeping/keys/${encodeURIComponent(`poisoned ${index}`)}/redrive`;
        const answer = await fetch(ledger.url('ledger') + path, { method: 'POST' });
        expect(await answer.json()).toEqual({ done: 3, remaining: 0, failures: [] });
      }
      await auditBooks(lab);
    });
  },
);
