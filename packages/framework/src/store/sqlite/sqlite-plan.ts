import type { StatementCache } from '../../sqlite/statement-cache.js';
import { assertStorableEvent, assertStorableRequest } from '../storable.js';
import type { CommitOutcome, WritePlan } from '../write-plan.js';
import { bindChange } from './sqlite-changes.js';
import { keepCalls } from './sqlite-call-intents.js';
import { admit, isMarked } from './sqlite-inbox.js';
import { append } from './sqlite-outbox.js';
import { isOpen, record } from './sqlite-request-records.js';

/**
 * A plan with its values bound, to be carried out in a write transaction: the marks first, then the changes, then the events.
 * Throws UnstorableValueError before any transaction.
 */
export function bindPlan(plan: WritePlan): (sql: StatementCache) => CommitOutcome {
  const { inbox, request, keeps = [], events } = plan;
  const changes = plan.changes.map(bindChange);
  for (const event of events) assertStorableEvent(event);
  if (request) assertStorableRequest(request);
  return (sql) => {
    // asked before the inbox mark is written, which would stay; a duplicate is one all the same
    const isRefused = request !== undefined && !isOpen(sql, request);
    if (isRefused && !(inbox && isMarked(sql, inbox))) return { kind: 'answered' };
    if (inbox) {
      const admission = admit(sql, inbox);
      if (admission !== 'admitted') return { kind: admission };
    }
    if (request) record(sql, request);
    keepCalls(sql, keeps);
    const versions = changes.map((carryOut) => carryOut(sql));
    append(sql, events);
    return { kind: 'committed', versions };
  };
}
