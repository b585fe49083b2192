import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Broker } from '../../src/broker/broker.js';
import { brokerConformance, type BrokerHarness } from '../../src/testing/broker-conformance.js';
import { type ServerContainer, noContainers } from '../containers/containers.js';
import { startKafka } from '../containers/kafka.js';
import { until } from '../fixtures/until.js';
import { kafkaBroker } from './kafka-fixture.js';

let server: ServerContainer;

const harness: BrokerHarness = {
  patienceMs: 30_000,
  async connect() {
    const broker = kafkaBroker(server.port, { requestTimeoutMs: 2_500 });
    await opened(broker);
    return broker;
  },
  async interrupt() {
    await server.pause();
    return () => server.unpause();
  },
  async restart() {
    await server.kill();
    await server.start();
  },
  async dispose() {
    await server?.[Symbol.asyncDispose]();
  },
};

const reason = noContainers === undefined ? '' : ` (${noContainers})`;

describe.skipIf(noContainers !== undefined)(`Kafka keeps the promises of the port${reason}`, () => {
  beforeAll(async () => {
    server = await startKafka();
  }, 120_000);
  afterAll(() => harness.dispose());

  for (const one of brokerConformance(harness)) {
    const title = one.skip ? `${one.title} (${one.skip})` : one.title;
    // oxlint-disable-next-line vitest/valid-title -- titles and assertions are the suite's
    it(title, { skip: one.skip !== undefined, timeout: 90_000 }, () => one.run());
  }
});

/** After a restart it takes a while until the engine answers again; that `open` may be called again is part of the port. */
async function opened(broker: Broker): Promise<void> {
  await until(
    () =>
      broker.open().then(
        () => true,
        () => false,
      ),
    (isOpen) => isOpen,
    60_000,
  );
}
