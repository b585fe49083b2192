import type { ParkedKey, ParkedRecord, RecordToPark } from '../parking-lot.js';
import { identityText } from './identity-text.js';
import type { SqlValues } from './sql-dialect.js';
import type { StatementResult } from './sql-driver.js';

type StoredRow = StatementResult['rows'][number];

/** What `skanu_parked` keeps as JSON: texts from outside may be of any length and have NUL characters, JSON takes them all. */
type Described = Omit<RecordToPark, 'value' | 'reason' | 'attempts'>;

/** A record as the parameters of its insertion. */
export function boundRecord({ value, reason, attempts, ...described }: RecordToPark) {
  const { handler, key, eventId } = described;
  return {
    handler: identityText(handler),
    key: key === null ? null : identityText(key),
    eventId: identityText(eventId),
    record: JSON.stringify(described satisfies Described),
    value,
    reason: reason && JSON.stringify(reason),
    attempts,
  };
}

/** A whole row of `skanu_parked`. */
export function parkedRecordOf(row: StoredRow, { toNumber, toBytes }: SqlValues): ParkedRecord {
  return {
    ...describedIn(row),
    position: toNumber(row['position']),
    value: row['value'] === null ? null : toBytes(row['value']),
    reason: reasonIn(row),
    attempts: toNumber(row['attempts']),
    parkedAt: toNumber(row['parked_at']),
  };
}

/** The first row of a parked key, with the number of its records as `how_many`. */
export function parkedKeyOf(row: StoredRow, { toNumber }: SqlValues): ParkedKey {
  const { handler, key } = describedIn(row);
  return {
    handler,
    key,
    records: toNumber(row['how_many']),
    position: toNumber(row['position']),
    parkedAt: toNumber(row['parked_at']),
    reason: reasonIn(row),
  };
}

function describedIn(row: StoredRow): Described {
  const described: Described = JSON.parse(row['record'] as string);
  return described;
}

function reasonIn({ reason }: StoredRow): ParkedKey['reason'] {
  if (reason === null) return null;
  const parsed: ParkedKey['reason'] = JSON.parse(reason as string);
  return parsed;
}
