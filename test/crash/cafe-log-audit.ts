import type { LogRecord } from '../engines/log-reader.ts';
import type { Findings } from './findings.ts';

/** What each of these begins with. */
const AFTER: Readonly<Record<string, string>> = {
  OrderCancelled: 'OrderPlaced',
  PaymentCancelled: 'PaymentApproved',
  DeliveryCancelled: 'DeliveryStarted',
};

/**
 * One event for each change, and for each key those of one service in the order of the changes. Tells how many records were there
 * already: publishing again is allowed, with the same id.
 * @param expected the ids in the events of each type
 */
export function auditLog(
  records: readonly LogRecord[],
  expected: Readonly<Record<string, Iterable<number>>>,
  findings: Findings,
): number {
  const seen = new Set<string>();
  const first = records.filter(({ eventId }) => !seen.has(eventId) && seen.add(eventId));
  const types = Map.groupBy(first, ({ eventType }) => eventType);
  for (const [type, ids] of Object.entries(expected))
    findings.same(
      `${type} in the log`,
      (types.get(type) ?? []).map(({ fields }) => fields['id'] as number),
      ids,
    );
  const begun = new Set<string>();
  findings.none(
    'events that come before what they end',
    first.filter(({ key, eventType }) => {
      begun.add(`${key} ${eventType}`);
      const before = AFTER[eventType];
      return before !== undefined && !begun.has(`${key} ${before}`);
    }),
  );
  return records.length - first.length;
}
