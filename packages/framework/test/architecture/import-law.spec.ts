import { describe, expect, it } from 'vitest';
import { findCycle, importsOf, sourceFiles } from './import-graph.js';
import { LAW } from './law.js';

/** Node's own modules that do no I/O: every room may use them. */
const PURE = [
  'node:async_hooks',
  'node:buffer',
  'node:crypto',
  'node:events',
  'node:perf_hooks',
  'node:timers/promises',
  'node:util',
];

/** What is used directly, and so may be known in one room only. */
const ONE_ROOM = [
  'fastify',
  'kafkajs',
  'mysql2',
  'pg',
  'pino',
  'prom-client',
  'tsyringe',
  'undici',
  'node:sqlite',
];

const files = sourceFiles();
const roomOf = (path: string) =>
  Object.keys(LAW)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .toSorted((a, b) => b.length - a.length)[0]!;
const allowed = (rooms: readonly string[], to: string) =>
  rooms.some((room) =>
    room.endsWith('/*.ts')
      ? to.startsWith(room.slice(0, -4)) && !to.slice(room.length - 4).includes('/')
      : to.startsWith(`${room}/`),
  );

describe('the import law', () => {
  it('finds the files and imports that it judges', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(importsOf('runtime/units-of-work.ts').map(({ to }) => to)).toEqual(
      expect.arrayContaining(['node:crypto', 'model/ambient.ts', 'store/store.ts']),
    );
  });

  it('every file lies in a room that has a law', () => {
    expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  it('no room knows more than it may', () => {
    const broken = files.flatMap(importsOf).filter(({ from, to, kind }) => {
      const { rooms, packages } = LAW[roomOf(from)]!;
      return kind === 'file'
        ? !allowed(rooms, to)
        : !PURE.includes(to) && !packages.includes(to) && !packages.includes('*');
    });
    expect(broken.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it('what is used directly is known in one room', () => {
    for (const name of ONE_ROOM) {
      const rooms = files
        .flatMap(importsOf)
        .filter(({ to }) => to === name)
        .map(({ from }) => from.split('/')[0]);
      expect([name, [...new Set(rooms)].filter((room) => room !== 'testing').length]).toEqual([name, 1]);
    }
  });

  it('no file imports itself, by whatever way round', () => {
    expect(findCycle(files)).toBeUndefined();
  });
});
