import { z } from 'zod';

const milliseconds = z.number().int().positive().max(2_147_483_647);
const tls = z.enum(['off', 'verify', 'unverified']).default('off');

/** The settings of a service's database. */
export const DATABASE = {
  DATABASE_URL: z
    .string()
    .min(1)
    .describe('Its database. Default: `sqlite:` and a file of its own in `DATA_DIR`.'),
  DATABASE_USER: z
    .string()
    .min(1)
    .optional()
    .describe('In place of the user in `DATABASE_URL`. Default: that one.'),
  DATABASE_PASSWORD: z
    .string()
    .optional()
    .describe('In place of the password in `DATABASE_URL`. Default: that one.'),
  DATABASE_TLS: tls.describe(
    'Whether connections are encrypted: `verify` checks the server, `unverified` trusts any.',
  ),
  DATABASE_TLS_CA: z
    .string()
    .optional()
    .describe('The certificates (PEM) that are trusted. Default: those that Node knows.'),
  DATABASE_POOL_SIZE: z.number().int().min(1).max(1_000).default(10).describe('The most connections.'),
  DATABASE_CONNECT_TIMEOUT_MS: milliseconds
    .default(5_000)
    .describe('How long a connection may take to be made, and a statement may wait for a free one.'),
  DATABASE_IDLE_TIMEOUT_MS: milliseconds
    .default(60_000)
    .describe('How long a connection may be idle before it is closed.'),
  DATABASE_STATEMENT_TIMEOUT_MS: milliseconds.default(5_000).describe('How long a statement may take.'),
  SCHEMA: z
    .enum(['update', 'verify'])
    .default('update')
    .describe('`verify` changes no table, and refuses to start when one differs.'),
};

/** The settings of the log of events. */
export const BROKER = {
  BROKER_URL: z
    .string()
    .min(1)
    .describe('The log of events. Default: `embedded:` and the file `events.db` in `DATA_DIR`.'),
  BROKER_SASL: z
    .enum(['off', 'plain', 'scram-sha-256', 'scram-sha-512'])
    .default('off')
    .describe('How it logs in.'),
  BROKER_USER: z.string().min(1).optional().describe('With which user it logs in. Default: none.'),
  BROKER_PASSWORD: z.string().min(1).optional().describe('With which password. Default: none.'),
  BROKER_TLS: tls.describe(
    'Whether connections are encrypted: `verify` checks the server, `unverified` trusts any.',
  ),
  BROKER_TLS_CA: z
    .string()
    .optional()
    .describe('The certificates (PEM) that are trusted. Default: those that Node knows.'),
  BROKER_TIMEOUT_MS: milliseconds
    .default(5_000)
    .describe('How long connecting, publishing a batch, or committing offsets may take.'),
  BROKER_SESSION_TIMEOUT_MS: milliseconds
    .default(10_000)
    .describe('After how long a silent replica counts as dead, and others take its partitions.'),
  MAX_EVENT_BYTES: z
    .number()
    .int()
    .min(1_000)
    .default(1_000_000)
    .describe('The largest event; one that is larger is refused where it is published.'),
};
