import type { ConformanceCase } from './conformance-case.js';
import { commitCases } from './store/commit-cases.js';
import { comparisonCases } from './store/comparison-cases.js';
import { idCases } from './store/id-cases.js';
import { inboxCases } from './store/inbox-cases.js';
import { intentCases } from './store/intent-cases.js';
import { leaseCases } from './store/lease-cases.js';
import { lifeCycleCases } from './store/life-cycle-cases.js';
import { outboxCases } from './store/outbox-cases.js';
import { parkingCases } from './store/parking-cases.js';
import { raceCases } from './store/race-cases.js';
import { redriveCases } from './store/redrive-cases.js';
import { requestCases } from './store/request-cases.js';
import { schemaCases } from './store/schema-cases.js';
import { sortingCases } from './store/sorting-cases.js';
import type { StoreHarness } from './store/store-harness.js';
import { tableCases } from './store/table-cases.js';
import { typeChangeCases } from './store/type-change-cases.js';
import { valueCases } from './store/value-cases.js';
import { viewGenerationCases } from './store/view-generation-cases.js';

export type { StoreDatabase, StoreHarness } from './store/store-harness.js';

/**
 * The guarantees of the `Store` port as cases for any test framework. An adapter is one when all pass that it is not excused from by a
 * capability that it declares not to have. Cases do not depend on each other and may run side by side.
 *
 * @example
 * for (const guarantee of storeConformance(harness)) {
 *   it(guarantee.title, { skip: guarantee.skip !== undefined }, () => guarantee.run());
 * }
 */
export function storeConformance(harness: StoreHarness): ConformanceCase[] {
  return [
    ...lifeCycleCases,
    ...tableCases,
    ...schemaCases,
    ...typeChangeCases,
    ...idCases,
    ...commitCases,
    ...raceCases,
    ...valueCases,
    ...comparisonCases,
    ...sortingCases,
    ...inboxCases,
    ...outboxCases,
    ...leaseCases,
    ...parkingCases,
    ...redriveCases,
    ...viewGenerationCases,
    ...intentCases,
    ...requestCases,
  ].map((make) => make(harness));
}
