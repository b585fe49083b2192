import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigurationError } from '../kernel/errors/start-errors.js';
import { messageOf } from '../kernel/errors/skanu-error.js';
import { coerced } from '../model/coercion.js';
import { BROKER, DATABASE } from './engine-settings.js';
import { hiddenSecrets } from './secrets.js';

/** Where settings come from: the environment, or what a test gives. */
export type Environment = Readonly<Record<string, string | undefined>>;

const milliseconds = z.number().int().positive().max(2_147_483_647);

/** The settings of every service and gateway. */
const COMMON = {
  PORT: z
    .number()
    .int()
    .min(0)
    .max(65_535)
    .describe('Where it listens; 0 takes any free port. Default: the port of its definition.'),
  HOST: z
    .string()
    .min(1)
    .default('localhost')
    .describe('The address to listen on; `0.0.0.0` in a container.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('From which level on it logs.'),
  LOG_FORMAT: z
    .enum(['auto', 'json', 'pretty'])
    .default('auto')
    .describe('`auto` is `pretty` on a terminal and `json` elsewhere.'),
  BODY_LIMIT_BYTES: z.number().int().positive().default(1_048_576).describe('The largest body of a request.'),
  HEADER_LIMIT_BYTES: z
    .number()
    .int()
    .min(1_024)
    .default(16_384)
    .describe('The most bytes of all headers of a request.'),
  REQUEST_TIMEOUT_MS: milliseconds
    .default(30_000)
    .describe('How long a client may take to send a request, and then the service to answer it.'),
  MAX_CONCURRENT_REQUESTS: z
    .string()
    .regex(/^(?:adaptive|[1-9]\d{0,5})$/, 'it must be a number from 1 to 999999, or adaptive')
    .default('1000')
    .describe(
      'How many requests may be under way at once; more get 503 at once. `adaptive` follows latency, from 10 to 1000.',
    ),
  MAX_CONNECTIONS: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(5_000)
    .describe('How many connections may be open; more are closed as they come.'),
  SHUTDOWN_DELAY_MS: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('How long it is not ready but still takes requests, before it stops.'),
  SHUTDOWN_LINGER_MS: z
    .number()
    .int()
    .min(0)
    .default(1_200)
    .describe('How long idle connections stay open when it stops, for requests that are just on their way.'),
  SHUTDOWN_TIMEOUT_MS: milliseconds
    .default(10_000)
    .describe('How long stopping may take; then it ends by force, with exit code 1.'),
};

/** The settings of a service beside the common ones. */
const SERVICE = {
  DATA_DIR: z
    .string()
    .min(1)
    .default('.data')
    .describe('The folder of the embedded engine. Services that share it hear each other.'),
  START_TIMEOUT_MS: milliseconds
    .default(60_000)
    .describe('How long the start waits for a database server and a broker that are not up yet.'),
  ...DATABASE,
  ...BROKER,
  TOPIC: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,249}$/)
    .describe('The topic that it publishes to and reads. Default: the topic of its definition.'),
  TOPIC_PARTITIONS: z
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(6)
    .describe('The partitions of the topic, when it is made.'),
  TOPIC_REPLICATION: z
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('The replicas of the topic, when it is made. Default: what the cluster says.'),
  TOPIC_RETENTION_MS: z
    .number()
    .int()
    .positive()
    .default(604_800_000)
    .describe('How long events are kept in the log at least.'),
  TOPIC_RETENTION_BYTES: z
    .number()
    .int()
    .positive()
    .default(1_073_741_824)
    .describe('How many bytes a partition keeps at the most.'),
  HANDLER_CONCURRENCY: z
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(16)
    .describe('How many handlers run side by side.'),
  HANDLER_TIMEOUT_MS: milliseconds.default(30_000).describe('How long one attempt of a handler may take.'),
  INBOX_RETENTION_MS: z
    .number()
    .int()
    .positive()
    .default(1_209_600_000)
    .describe('How long an event is known to have been handled. Longer than the topic is kept.'),
  IDEMPOTENCY_RETENTION_MS: z
    .number()
    .int()
    .positive()
    .default(86_400_000)
    .describe('How long the answer to a request with an `Idempotency-Key` is kept, and can be taken back.'),
  DRILLS: z
    .boolean()
    .default(false)
    .describe('Whether it can be made slow or put down through the actuator, for drills.'),
  DRILL_SLOW_MS: z
    .number()
    .int()
    .min(0)
    .max(600_000)
    .default(0)
    .describe('How long each write waits before it begins, from the start on. Only with `DRILLS`.'),
  DRILL_SLOW_JITTER_MS: z
    .number()
    .int()
    .min(0)
    .max(600_000)
    .default(0)
    .describe('By how much that varies, up and down.'),
};

const GATEWAY = {
  CORS_ORIGINS: z
    .string()
    .default('*')
    .describe('Which origins a browser may call from: `*`, or a list with commas.'),
  TRUST_FORWARDED: z
    .boolean()
    .default(false)
    .describe(
      'Whether a proxy in front of it sets `X-Forwarded-*`; else what clients send in them is dropped.',
    ),
};

export const commonSettings = z.object(COMMON);
export const serviceSettings = z.object({ ...COMMON, ...SERVICE });
export const gatewaySettings = z.object({ ...COMMON, ...GATEWAY });

export type CommonSettings = z.output<typeof commonSettings>;
export type ServiceSettings = z.output<typeof serviceSettings>;

/** The setting that holds the URL of a service: `payment` has `PAYMENT_URL`. */
export function urlSettingOf(service: string): string {
  return `${service.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}_URL`;
}

/** The URLs in a setting that may hold several, with commas between. */
export function urlsIn(setting: string): string[] {
  // not at any comma: a password may have one, and half of it would not be known as such in a message
  return setting.trim().split(/\s*,\s*(?=\w+:\/\/)/);
}

/**
 * Reads settings. Each may also be given as `{NAME}_FILE`, the path of a file that holds the value (for secrets).
 * @param defaults what is computed and not written in the schema
 * @throws ConfigurationError for the first that is wrong
 */
export function readSettings<Z extends z.ZodObject>(
  schema: Z,
  environment: Environment,
  defaults: Readonly<Record<string, unknown>>,
): z.output<Z> {
  const given: Record<string, unknown> = { ...defaults };
  for (const name of Object.keys(schema.shape)) {
    const value = settingOf(environment, name);
    if (value !== undefined) given[name] = value;
  }
  const parsed = schema.safeParse(coerced(schema, given));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue!.path[0]);
  const description = (schema.shape[name] as z.ZodType).description ?? '';
  throw new ConfigurationError(
    `${name} is ${shown(name, given[name])}: ${issue!.message}`,
    `Correct it; ${name} says: ${description}`,
  );
}

/** One setting, from the environment or from the file that `{NAME}_FILE` names. Empty counts as not set. */
export function settingOf(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  const file = environment[`${name}_FILE`];
  if (file === undefined || file === '') return undefined;
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch (error) {
    throw new ConfigurationError(
      `${name}_FILE names ${file}, which cannot be read: ${messageOf(error)}`,
      `Point it at a readable file, or set ${name}.`,
      error,
    );
  }
}

function shown(name: string, value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(hiddenSecrets(name, String(value)));
}
