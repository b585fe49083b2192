import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below those that systems take for outgoing connections: a port that is free now must not become one of them a moment later. */
const FIRST = 20_000;
const LAST = 31_999;

/** Ports that nobody uses at this moment, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(FIRST, LAST + 1);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

/** Whether all addresses of this machine are free at that port. */
function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
