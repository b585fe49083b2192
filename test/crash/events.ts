import type { Engines } from '../engines/engines.ts';
import type { LogRecord } from '../engines/log-reader.ts';

/** The events of the log: what was published more than once (it may be) counts where it stands first. */
export async function events({ log }: Engines): Promise<LogRecord[]> {
  const seen = new Set<string>();
  return (await log.records()).filter(({ eventId }) => !seen.has(eventId) && seen.add(eventId));
}
