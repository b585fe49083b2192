import { randomUUID } from 'node:crypto';
import type { ParkedRecord, RecordToPark } from '../../store/parking-lot.js';
import type { Condition, Selection, Sorting } from '../../store/selection.js';
import type { Store } from '../../store/store.js';
import type { ColumnDefinition, Row, TableDefinition, Values } from '../../store/table-definition.js';
import type { Change, CommitOutcome, InboxMark, OutgoingEvent, WritePlan } from '../../store/write-plan.js';

/** The table of most cases: `name` is unique, `qty` may be empty. */
export const cups: TableDefinition = {
  name: 'cups',
  columns: [column('name', 'text'), column('qty', 'integer', true)],
  indexes: [
    { columns: ['name'], unique: true },
    { columns: ['qty'], unique: false },
  ],
};

export function column(name: string, type: ColumnDefinition['type'], nullable = false): ColumnDefinition {
  return { name, type, nullable };
}

/** A table with one column `v`, which may be empty. */
export function tableOf(type: ColumnDefinition['type']): TableDefinition {
  return { name: `some_${type}`, columns: [column('v', type, true)], indexes: [] };
}

export function insert(table: TableDefinition, id: number, values: Values): Change {
  return { kind: 'insert', table, id, values };
}

export function update(table: TableDefinition, id: number, expectedVersion: number, values: Values): Change {
  return { kind: 'update', table, id, expectedVersion, values };
}

export function remove(table: TableDefinition, id: number, expectedVersion: number): Change {
  return { kind: 'delete', table, id, expectedVersion };
}

/** A cup whose name is made of its id. */
export function cup(id: number, qty: number | null = null): Change {
  return insert(cups, id, { name: `cup ${id}`, qty });
}

export function event(eventId: string, key: string | null = null): OutgoingEvent {
  return { eventId, topic: 'cafe', key, headers: { ce_id: eventId }, value: `{"id":"${eventId}"}` };
}

export function mark(eventId: string, key: string | null = null, parkedPosition?: number): InboxMark {
  return { handler: 'stock', eventId, key, ...(parkedPosition !== undefined && { parkedPosition }) };
}

export function plan(parts: Partial<Omit<WritePlan, 'id'>>): WritePlan {
  return { id: randomUUID(), changes: [], events: [], ...parts };
}

export function commit(store: Store, ...changes: readonly Change[]): Promise<CommitOutcome> {
  return store.commit(plan({ changes }));
}

/** A record for the handler of {@link mark}. */
export function record(eventId: string, key: string | null, more: Partial<RecordToPark> = {}): RecordToPark {
  return {
    handler: 'stock',
    key,
    eventId,
    eventType: 'CupSold',
    topic: 'cafe',
    partition: 2,
    offset: 41,
    recordKey: key,
    headers: { ce_id: eventId },
    value: Buffer.from(`{"id":"${eventId}"}`),
    timestamp: 1_700_000_000_123,
    reason: { code: 'SOLD_OUT', message: 'no cup is left' },
    attempts: 3,
    ...more,
  };
}

/** All that fit, or as many as `more` says. */
export function which(where: readonly Condition[], more: Partial<Selection> = {}): Selection {
  return { where, sort: [], offset: 0, limit: 1_000, ...more };
}

export function sortedBy(...sort: readonly Sorting[]): Selection {
  return which([], { sort });
}

export const everything: Selection = which([]);

/** The ids of the rows that fit, in their order. */
export async function ids(store: Store, table: TableDefinition, selection: Selection): Promise<number[]> {
  return (await store.select(table, selection)).map(({ id }) => id);
}

/** The events of the outbox, in their order. */
export async function eventIds(store: Store): Promise<string[]> {
  return (await store.outbox.read({ entries: 1_000, bytes: 1_000_000 })).map(({ eventId }) => eventId);
}

/** The events that wait under a key, in their order. */
export async function waiting(store: Store, key: string | null, handler = 'stock'): Promise<string[]> {
  return (await store.parking.records(handler, key, 0, 1_000)).map(({ eventId }) => eventId);
}

/** The first record that waits under a key; fails when there is none. */
export async function firstOf(store: Store, key: string): Promise<ParkedRecord> {
  const first = await store.parking.first('stock', key);
  if (!first) throw new Error(`nothing waits under ${key}`);
  return first;
}

/** All that the cases look at in a database with the cups. */
export async function contents(store: Store): Promise<{ rows: Row[]; events: string[]; parked: number }> {
  return {
    rows: await store.select(cups, everything),
    events: await eventIds(store),
    parked: await store.parking.count(),
  };
}

/** Numbers from 1. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, place) => place + 1);
}
