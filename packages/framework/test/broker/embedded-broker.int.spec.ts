import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, it } from 'vitest';
import { EmbeddedBroker } from '../../src/broker/embedded/embedded-broker.js';
import { systemClock } from '../../src/kernel/clock.js';
import { brokerConformance, type BrokerHarness } from '../../src/testing/broker-conformance.js';

const folder = mkdtempSync(join(tmpdir(), 'skanu-broker-'));
const path = join(folder, 'log.db');

const harness: BrokerHarness = {
  patienceMs: 10_000,
  async connect() {
    const broker = new EmbeddedBroker({ path, clock: systemClock, random: Math.random, busyLimitMs: 1_000 });
    await broker.open();
    return broker;
  },
  async interrupt() {
    const other = new DatabaseSync(path, { timeout: 5_000 });
    other.exec('BEGIN IMMEDIATE');
    return async () => other.close();
  },
  async dispose() {
    rmSync(folder, { recursive: true, force: true });
  },
};

describe('the embedded broker keeps the promises of the port', () => {
  afterAll(() => harness.dispose());

  for (const one of brokerConformance(harness)) {
    // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- titles and assertions are the suite's
    it(one.skip ? `${one.title} (${one.skip})` : one.title, { skip: one.skip !== undefined }, () =>
      one.run(),
    );
  }
});
