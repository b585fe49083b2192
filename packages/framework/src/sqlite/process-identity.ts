import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names this process among all that may share a file with it, so that others on the same machine can tell at once that
 * it has died, and need not wait for a time limit: `space/pid/start`. `space` is where pids have a meaning (host and
 * pid namespace), `start` tells a reused pid from the process that had it before (empty where the system does not say).
 */
export function processIdentity(): string {
  return `${pidSpace()}/${process.pid}/${startOf(process.pid) ?? ''}`;
}

/** Whether the process of that identity has certainly ended. False when it lives or when it cannot be told from here. */
export function hasEnded(identity: string): boolean {
  const [space, pidText, start] = identity.split('/');
  const pid = Number(pidText);
  if (space !== pidSpace() || !Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const startNow = startOf(pid);
  return start !== '' && startNow !== undefined && startNow !== start;
}

let space: string | undefined;
function pidSpace(): string {
  return (space ??= `${hostname().replaceAll('/', '_')}:${pidNamespace()}`);
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function startOf(pid: number): string | undefined {
  try {
    // field 22 of /proc/<pid>/stat, counted behind the command name, which may hold blanks; a zombie counts as ended
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
    return fields[0] === 'Z' ? 'ended' : fields[19];
  } catch {
    return undefined;
  }
}
