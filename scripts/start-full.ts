// The whole cafe: Kafka, PostgreSQL and MariaDB in containers, the services beside them as `npm start` runs them.
//   npm run start:full                   npm run start:full -- order payment
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { Compose } from './compose.ts';

const SERVERS = ['kafka', 'postgres', 'mariadb'];
const { env } = process;
const postgres = `postgres://localhost:${env['POSTGRES_PORT'] ?? '15432'}`;

const compose = Compose.find(env['COMPOSE_PROJECT_NAME'] ?? 'skanu-cafe');
if (typeof compose === 'string') {
  console.error(`cafe: ${compose}`);
  process.exit(1);
}

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());

if (await compose.up(SERVERS, stopping.signal)) process.exitCode = await services();
else {
  if (!stopping.signal.aborted) console.error('cafe: the servers did not come up, see above');
  process.exitCode = stopping.signal.aborted ? 0 : 1;
}
compose.stop(SERVERS);

/** Runs the services until they are stopped; tells the exit code. Which engines they are on is all that is said to them. */
function services(): Promise<number> {
  const cafe = spawn(process.execPath, [resolve(import.meta.dirname, 'cafe.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: {
      // beside the data of `npm start`: those orders are others
      DATA_DIR: '.data/full',
      ...env,
      BROKER_URL: `kafka://localhost:${env['KAFKA_PORT'] ?? '19092'}`,
      ORDER_DATABASE_URL: `${postgres}/order`,
      PAYMENT_DATABASE_URL: `${postgres}/payment`,
      DELIVERY_DATABASE_URL: `mariadb://localhost:${env['MARIADB_PORT'] ?? '13306'}/delivery`,
      DATABASE_USER: 'cafe',
      DATABASE_PASSWORD: env['CAFE_DATABASE_PASSWORD'] ?? 'cafe',
    },
  });
  // Ctrl-C reaches both of us; other signals are for the one that was started
  const pass = () => cafe.kill('SIGTERM');
  if (stopping.signal.aborted) pass();
  stopping.signal.addEventListener('abort', pass);
  return new Promise((ended) => cafe.once('exit', (code) => ended(code ?? 1)));
}
