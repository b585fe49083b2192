/**
 * The law: what each room may know. The longest prefix of a file's path names its room. `rooms` are folders of src (a
 * trailing `/*.ts` means: only what lies directly in it, which is the port), `packages` what it may take from outside.
 */
export const LAW: Readonly<
  Record<string, { readonly rooms: readonly string[]; readonly packages: readonly string[] }>
> = {
  kernel: { rooms: ['kernel'], packages: [] },
  model: { rooms: ['kernel', 'model'], packages: ['zod', 'reflect-metadata'] },
  sqlite: { rooms: ['kernel', 'sqlite'], packages: ['node:sqlite', 'node:fs', 'node:os', 'node:path'] },
  store: { rooms: ['kernel', 'store/*.ts'], packages: [] },
  'store/sqlite': { rooms: ['kernel', 'sqlite', 'store/*.ts', 'store/sqlite'], packages: [] },
  'store/sql': { rooms: ['kernel', 'store/*.ts', 'store/sql'], packages: ['kysely'] },
  'store/postgres': {
    rooms: ['kernel', 'store/*.ts', 'store/sql', 'store/postgres'],
    packages: ['kysely', 'pg', 'node:net'],
  },
  'store/mariadb': {
    rooms: ['kernel', 'store/*.ts', 'store/sql', 'store/mariadb'],
    packages: ['kysely', 'mysql2', 'node:net'],
  },
  broker: { rooms: ['kernel', 'broker/*.ts'], packages: [] },
  'broker/embedded': { rooms: ['kernel', 'sqlite', 'broker/*.ts', 'broker/embedded'], packages: [] },
  'broker/kafka': {
    rooms: ['kernel', 'broker/*.ts', 'broker/kafka'],
    packages: ['kafkajs', 'node:module', 'node:net', 'node:tls'],
  },
  runtime: {
    rooms: ['kernel', 'model', 'runtime', 'store/*.ts', 'broker/*.ts'],
    packages: ['uuid', 'undici', 'node:dns/promises', 'node:net', 'node:stream'],
  },
  http: {
    rooms: ['kernel', 'model', 'runtime', 'http', 'store/*.ts'],
    packages: ['fastify', '@fastify/cors', 'rfc6902', 'zod', 'node:net', 'node:http', 'node:stream'],
  },
  contracts: { rooms: ['kernel', 'model', 'runtime', 'http', 'contracts'], packages: [] },
  service: {
    rooms: ['kernel', 'model', 'runtime', 'http', 'service', 'sqlite', 'store', 'broker'],
    packages: [
      'zod',
      'tsyringe',
      'pino',
      'pino-pretty',
      'prom-client',
      'node:os',
      'node:fs',
      'node:path',
      'node:net',
    ],
  },
  cli: {
    rooms: ['kernel', 'model', 'contracts', 'service', 'store/*.ts', 'cli'],
    packages: ['node:fs/promises', 'node:path', 'node:url'],
  },
  testing: {
    rooms: [
      'kernel',
      'model',
      'runtime',
      'http',
      'contracts',
      'service',
      'sqlite',
      'store',
      'broker',
      'testing',
    ],
    packages: ['zod', '*'],
  },
  'index.ts': { rooms: ['kernel', 'model', 'service', 'store/*.ts', 'broker/*.ts'], packages: [] },
};
