import type { Engines } from '../engines/engines.ts';
import type { LogRecord } from '../engines/log-reader.ts';
import type { Findings } from './findings.ts';

/** Each handler of a service has done with the events of each key in the order of the log, and with each but once: so its inbox says. */
export async function auditOrder(
  engines: Engines,
  service: string,
  records: readonly LogRecord[],
  findings: Findings,
): Promise<void> {
  const rows = await engines.rows(service, 'SELECT handler, event_id, done_at FROM skanu_inbox');
  for (const [handler, marks] of Map.groupBy(rows, (row) => row['handler'] as string)) {
    const doneAt = new Map(marks.map((mark) => [mark['event_id'] as string, Number(mark['done_at'])]));
    const last = new Map<string, number>();
    findings.none(
      `${service}: ${handler} did out of order`,
      records.filter(({ key, eventId }) => {
        const at = doneAt.get(eventId);
        if (at === undefined) return false;
        // what comes once more counts where it stands first
        doneAt.delete(eventId);
        const before = last.get(key) ?? 0;
        last.set(key, Math.max(at, before));
        return at < before;
      }),
    );
  }
}
