import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noContainers } from '../../packages/framework/test/containers/containers.ts';
import { ALL, Cafe } from '../cafe/cafe.ts';
import { describeCommands } from '../cafe/commands.ts';
import { fullCafe } from './engine-choice.ts';
import { Engines } from './engines.ts';
import { ownNameOf } from './fleet.ts';
import { Servers } from './servers.ts';

const where = 'on Kafka, PostgreSQL (order, payment), MariaDB (delivery) and SQLite (the rest)';

describe.skipIf(noContainers !== undefined)(
  `the cafe ${where}${noContainers === undefined ? '' : `: skipped, ${noContainers}`}`,
  () => {
    let folder = '';
    let servers: Servers;
    let engines: Engines;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'skanu-engines-'));
      servers = await Servers.start('kafka', 'postgres', 'mariadb');
      engines = await Engines.prepare({
        ...fullCafe(servers),
        folder,
        services: ALL.filter((name) => name !== 'gateway').map(ownNameOf),
      });
    }, 180_000);
    afterAll(async () => {
      await engines?.[Symbol.asyncDispose]();
      await servers?.[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    });

    describeCommands(where, async () => {
      const cafe = await Cafe.prepare({}, (name) => engines.settings(ownNameOf(name)));
      try {
        await cafe.start(...ALL);
        return cafe;
      } catch (error) {
        await cafe[Symbol.asyncDispose]();
        throw error;
      }
    });

    it('each service was where it is said to be', async () => {
      for (const [service, table] of [
        ['order', 'orders'],
        ['payment', 'payments'],
        ['delivery', 'deliveries'],
        ['ordertrace', '"orderTraces"'],
        ['message', 'messages'],
      ] as const)
        expect(await engines.count(service, table), `rows of ${service}`).toBeGreaterThan(5);
      expect(await engines.log.size()).toBeGreaterThan(20);
    });
  },
);
