import type { ParkedKey, ParkingLot } from '../../store/parking-lot.js';

const AT_ONCE = 100;

/** Drops what these handlers have parked in generations that are dead: of a rebuild that came to nothing, or from before the live one. */
export async function dropDeadRecords(
  lot: ParkingLot,
  handlers: readonly string[],
  isDead: (generation: number) => boolean,
): Promise<void> {
  let keys: ParkedKey[];
  for (let after = 0; (keys = await lot.keys(after, AT_ONCE)).length > 0; after = keys.at(-1)!.position) {
    for (const { handler, key, position } of keys) {
      const { name, generation } = generationOf(handler);
      if (handlers.includes(name) && isDead(generation)) await dropAll(lot, handler, key, position);
    }
  }
}

/** The reverse of `handlerOf`. */
function generationOf(id: string): { readonly name: string; readonly generation: number } {
  const { name, generation } = /^(?<name>.*)@(?<generation>\d+)$/s.exec(id)?.groups ?? {};
  return name === undefined ? { name: id, generation: 1 } : { name, generation: Number(generation) };
}

async function dropAll(lot: ParkingLot, handler: string, key: string | null, first: number): Promise<void> {
  if (key === null) {
    const record = await lot.first(handler, null, first);
    if (record) await lot.drop(first, record);
    return;
  }
  for (;;) {
    const records = await lot.records(handler, key, 0, AT_ONCE);
    if (records.length === 0) return;
    for (const { position, eventId } of records) await lot.drop(position, { handler, eventId, key });
  }
}
