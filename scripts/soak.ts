// The whole cafe on Kafka, PostgreSQL and MariaDB under load, while processes and servers are killed, stopped and put to sleep;
// then an audit of every order through every service. Needs Docker, and `npm run build` before it.
//   npm run soak -- --minutes 10 --rate 60 --seed 42
import { parseArgs } from 'node:util';
import { soak } from '../test/engines/soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    'fault-every': { type: 'string', default: '10' },
    replicas: { type: 'string', default: '2' },
  },
});

const end = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());

const { findings, lines } = await soak({
  durationMs: number('minutes') * 60_000,
  rate: number('rate'),
  seed: number('seed'),
  faultEveryMs: number('fault-every') * 1_000,
  replicas: number('replicas'),
  signal: end.signal,
  say: (line) => console.log(`[soak] ${line}`),
});
for (const line of lines) console.log(`[soak] ${line}`);
for (const finding of findings) console.error(`[soak] WRONG: ${finding}`);
console.log(`[soak] ${findings.length === 0 ? 'all is well' : `${findings.length} findings`}`);
// its own readers of Kafka keep a process alive that is done: kafkajs goes on looking after connections that were cut
process.exit(findings.length === 0 ? 0 : 1);

function number(name: keyof typeof values): number {
  const value = Number(values[name]);
  if (!(value > 0)) {
    console.error(`soak: --${name} is ${values[name]}, and must be a number above 0`);
    process.exit(1);
  }
  return value;
}
