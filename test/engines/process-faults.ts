import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '../../scripts/cafe-services.ts';
import type { ServerFault } from './faults.ts';
import type { Fleet } from './fleet.ts';

/** Longer than the lease of a relay and than the session of a member of a group. */
const ASLEEP_MS = 5_000;

/** What happens to the processes of a service; to which of them, chance decides. */
export function processFaults(fleet: Fleet, name: ServiceName, random: () => number): ServerFault[] {
  const any = () => Math.floor(random() * fleet.replicas(name).length);
  const ended = (what: string, signal: NodeJS.Signals): ServerFault => ({
    what: `a process of ${name} ${what} and is started again`,
    happen: async () => {
      const index = any();
      await fleet.replicas(name)[index]!.stop(signal);
      await fleet.restart(name, index).ready();
    },
  });
  return [
    ended('is killed', 'SIGKILL'),
    ended('is stopped', 'SIGTERM'),
    {
      what: `a process of ${name} sleeps for ${ASLEEP_MS / 1000} s`,
      happen: async () => {
        const sleeper = fleet.replicas(name)[any()]!;
        sleeper.signal('SIGSTOP');
        try {
          await sleep(ASLEEP_MS);
        } finally {
          sleeper.signal('SIGCONT');
        }
      },
    },
  ];
}
