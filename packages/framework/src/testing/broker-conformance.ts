import { backPressureCases } from './broker/back-pressure-cases.js';
import type { BrokerHarness } from './broker/broker-harness.js';
import { closingCases } from './broker/closing-cases.js';
import { groupCases } from './broker/group-cases.js';
import { interruptionCases } from './broker/interruption-cases.js';
import { offsetCases } from './broker/offset-cases.js';
import { orderCases } from './broker/order-cases.js';
import { rebalanceCases } from './broker/rebalance-cases.js';
import { recordCases } from './broker/record-cases.js';
import { topicCases } from './broker/topic-cases.js';
import type { ConformanceCase } from './conformance-case.js';

export type { BrokerHarness } from './broker/broker-harness.js';

/**
 * What every adapter of the `Broker` port must do, whatever engine is below. Each case makes topics and groups of its
 * own, so cases may run in any order and beside each other; each closes its brokers.
 *
 * @example
 * for (const { title, skip, run } of brokerConformance(harness)) {
 *   if (skip === undefined) test(title, run);
 *   else test.skip(`${title} (${skip})`);
 * }
 */
export function brokerConformance(harness: BrokerHarness): ConformanceCase[] {
  return [
    ...topicCases,
    ...recordCases,
    ...orderCases,
    ...groupCases,
    ...offsetCases,
    ...backPressureCases,
    ...rebalanceCases,
    ...closingCases,
    ...interruptionCases,
  ].map((make) => make(harness));
}
