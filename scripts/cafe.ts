// Starts the services of the cafe, each as a process of its own: all of them, or those that are named.
//   npm start                    npm start -- order payment                    npm run dev
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CloseEvent,
  type Command,
  KillOnSignal,
  LogOutput,
  Logger,
  createConcurrently,
} from 'concurrently';
import { SERVICES, type ServiceName, serviceNames } from './cafe-services.ts';

const READY_WITHIN_MS = 60_000;
const root = resolve(import.meta.dirname, '..');
const args = process.argv.slice(2);
const watching = args.includes('--watch');

const { names, unknown } = serviceNames(args.filter((arg) => arg !== '--watch'));
if (unknown.length > 0) {
  console.error(`cafe: there is no service ${unknown.join(', ')}; use ${Object.keys(SERVICES).join(', ')}`);
  process.exit(1);
}

const failed = new AbortController();
let stopping = false;
let isUp = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => (stopping = true));

const logger = new Logger({ prefixFormat: 'name' });
logger.setPrefixLength(Math.max(...names.map((name) => name.length)));
const { commands, result } = createConcurrently(
  names.map((name) => ({
    name,
    command: `exec ${commandOf()}`,
    cwd: resolve(root, 'packages', SERVICES[name].folder),
    env: {
      PORT: portOf(name),
      DATA_DIR: resolve(root, process.env['DATA_DIR'] ?? '.data'),
      ...databaseOf(name),
      ...(!process.stdout.isTTY && { NO_COLOR: '1' }),
      LOG_FORMAT: process.env['LOG_FORMAT'] ?? 'pretty',
    },
  })),
  {
    logger,
    outputStream: process.stdout,
    prefixColors: 'auto',
    controllers: [
      new LogOutput({ logger }),
      new KillOnSignal({ process, abortController: new AbortController() }),
    ],
    // each command is one process (exec), so a signal needs no tools to find its children
    kill: (pid, signal) => {
      try {
        process.kill(pid, signal);
      } catch {
        // it has ended by itself
      }
    },
  },
);
for (const command of commands) command.close.subscribe((event) => ended(command, event));

const allEnded = result.catch(() => {});
await Promise.race([allReady(), allEnded, aborted(failed.signal)]);
if (failed.signal.aborted) {
  for (const command of commands) command.kill('SIGTERM');
} else if (!stopping) {
  isUp = true;
  welcome();
}
await allEnded;
process.exitCode = stopping && !failed.signal.aborted ? 0 : 1;

function commandOf(): string {
  const node = `"${process.execPath}" --enable-source-maps`;
  if (!watching) return `${node} dist/main.js`;
  return `${node} --watch-path=src --watch-path=../framework/src --watch-preserve-output --conditions=@skanu/source --import @oxc-node/core/register src/main.ts`;
}

function ended(command: Command, { exitCode }: CloseEvent): void {
  if (stopping || failed.signal.aborted) return;
  if (isUp) {
    say(
      `${command.name} has ended (${exitCode}); the others go on. Bring it back: npm start -- ${command.name}`,
    );
    return;
  }
  say(`${command.name} did not start (${exitCode}), see above; stopping the others`);
  failed.abort();
}

async function allReady(): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (const command of commands) {
    const name = command.name as ServiceName;
    while (!(await isReady(name, command.pid))) {
      if (stopping || failed.signal.aborted) return;
      if (Date.now() > deadline) {
        say(`${name} was not ready within ${READY_WITHIN_MS / 1000} s; stopping all`);
        failed.abort();
        return;
      }
      await sleep(50);
    }
  }
}

/** Whether it is ready, and not another process that has its port. (What --watch starts has a pid of its own.) */
async function isReady(name: ServiceName, pid: number | undefined): Promise<boolean> {
  const ask = (path: string) =>
    fetch(`${urlOf(name)}/actuator/${path}`, { signal: AbortSignal.timeout(2_000) });
  try {
    if (!(await ask('health/readiness')).ok) return false;
    const info = (await (await ask('info')).json()) as { process?: { pid?: number } };
    return watching || info.process?.pid === pid;
  } catch {
    return false;
  }
}

function welcome(): void {
  say(names.length === 1 ? 'ready' : 'all are ready');
  for (const name of names) say(`  ${name.padEnd(10)} ${urlOf(name)}`);
  if (!names.includes('order')) return;
  const through = (name: ServiceName) => urlOf(names.includes('gateway') ? 'gateway' : name);
  say('try (http is HTTPie; curl does as well):');
  say(`  http post ${through('order')}/orders product="coffee" qty=1 cost=1000`);
  if (names.includes('trace')) say(`  http ${through('trace')}/orderTraces/1`);
  say(`  http patch ${through('order')}/orders/1 status="OrderCancelled"`);
}

/** Where others look for a service (`ORDER_URL`) is where it has to listen. */
function portOf(name: ServiceName): string {
  const { urlSetting, port } = SERVICES[name];
  const url = process.env[urlSetting];
  return (url && URL.canParse(url) && new URL(url).port) || String(port);
}

/** Of the settings of all, this one may be given to one service alone: `ORDER_DATABASE_URL`. */
function databaseOf(name: ServiceName): { DATABASE_URL?: string } {
  const url = process.env[SERVICES[name].urlSetting.replace('URL', 'DATABASE_URL')];
  return url ? { DATABASE_URL: url } : {};
}

function urlOf(name: ServiceName): string {
  return `http://localhost:${portOf(name)}`;
}

function say(line: string): void {
  console.log(`[cafe] ${line}`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve_) => signal.addEventListener('abort', () => resolve_(), { once: true }));
}
