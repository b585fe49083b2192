import { KafkaBroker } from '../../src/broker/kafka/kafka-broker.js';
import type { KafkaBrokerOptions } from '../../src/broker/kafka/kafka-broker-options.js';
import { systemClock } from '../../src/kernel/clock.js';
import { silentLogger } from '../../src/kernel/logger.js';

/** A broker for tests; not opened yet. */
export function kafkaBroker(port: number, options: Partial<KafkaBrokerOptions> = {}): KafkaBroker {
  return new KafkaBroker({
    url: `kafka://localhost:${port}`,
    clientId: 'test',
    maxRecordBytes: 1_000_000,
    requestTimeoutMs: 5_000,
    sessionTimeoutMs: 6_000,
    rebalanceLimitMs: 10_000,
    clock: systemClock,
    random: Math.random,
    logger: silentLogger,
    ...options,
  });
}
