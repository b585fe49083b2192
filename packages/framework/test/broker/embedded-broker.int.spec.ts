import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, test } from 'vitest';
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

  for (const { title, skip, run } of brokerConformance(harness)) {
    if (skip === undefined) test(title, run);
    else test.skip(`${title} (${skip})`);
  }
});
