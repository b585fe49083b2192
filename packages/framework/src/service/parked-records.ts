import type { ParkedRecords, RedriveTarget } from '../http/actuator/actuator-source.js';
import type { Redrive, RedriveResult } from '../runtime/consumer/redrive.js';
import type { ParkingLot } from '../store/parking-lot.js';

/** What the actuator needs of the parking lot: looking goes to the store, changing goes through the redrive. */
export function parkedRecords(parking: ParkingLot, redrive: Redrive): ParkedRecords {
  return {
    lot: {
      keys: (after, limit) => parking.keys(after, limit),
      records: (handler, key, after, limit) => parking.records(handler, key, after, limit),
      first: (handler, key, position) => parking.first(handler, key, position),
      count: () => parking.count(),
      drop: (position, mark) => redrive.drop(position, mark),
    },
    async redrive(target) {
      const { done, failures } = await resultOf(redrive, target);
      return { done, remaining: await remaining(parking, target), failures };
    },
  };
}

function resultOf(redrive: Redrive, target: RedriveTarget): Promise<RedriveResult> {
  if (target === 'all') return redrive.all();
  return 'key' in target
    ? redrive.key(target.handler, target.key)
    : redrive.key(target.handler, null, target.position);
}

const COUNTED = 1_000;

/** How many of the target still wait: keys for `all`, records (up to a thousand) for one key. */
async function remaining(parking: ParkingLot, target: RedriveTarget): Promise<number> {
  if (target === 'all') return parking.count();
  if ('key' in target) return (await parking.records(target.handler, target.key, 0, COUNTED)).length;
  return (await parking.first(target.handler, null, target.position)) ? 1 : 0;
}
