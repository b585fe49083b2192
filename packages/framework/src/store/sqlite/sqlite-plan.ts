import type { StatementCache } from '../../sqlite/statement-cache.js';
import { assertStorableEvent } from '../storable.js';
import type { CommitOutcome, WritePlan } from '../write-plan.js';
import { bindChange } from './sqlite-changes.js';
import { admit } from './sqlite-inbox.js';
import { append } from './sqlite-outbox.js';

/**
 * A plan with its values bound, to be carried out in a write transaction: the inbox mark first, then the changes, then the events.
 * Throws UnstorableValueError before any transaction.
 */
export function bindPlan(plan: WritePlan): (sql: StatementCache) => CommitOutcome {
  const changes = plan.changes.map(bindChange);
  for (const event of plan.events) assertStorableEvent(event);
  return (sql) => {
    if (plan.inbox) {
      const admission = admit(sql, plan.inbox);
      if (admission !== 'admitted') return { kind: admission };
    }
    const versions = changes.map((carryOut) => carryOut(sql));
    append(sql, plan.events);
    return { kind: 'committed', versions };
  };
}
