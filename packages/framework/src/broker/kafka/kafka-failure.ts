import { BrokerUnavailableError } from '../../kernel/errors/broker-errors.js';
import { SkanuError } from '../../kernel/errors/skanu-error.js';

/** kafkajs does not export its error classes; these are the fields of theirs that are relied on. */
interface KafkaError {
  readonly name?: unknown;
  /** The name of the protocol's error code, such as `UNKNOWN_MEMBER_ID`. */
  readonly type?: unknown;
  readonly cause?: unknown;
  /** Of those that stand for several. */
  readonly errors?: unknown;
  readonly groups?: unknown;
}

/** The group has gone on without this member: nothing that it says of its partitions counts any more. */
const EXPELLED = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'];

const UNKNOWN_TOPIC = ['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION'];

const TOO_LARGE = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];

/** What a definition of a topic asks for and the cluster will not give, however often it is asked. */
const REFUSED_TOPIC = [
  'INVALID_REPLICATION_FACTOR',
  'INVALID_PARTITIONS',
  'INVALID_CONFIG',
  'POLICY_VIOLATION',
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
];

/** @param broker as it is shown, without secrets */
export function brokerFailure(broker: string, error: unknown): SkanuError {
  if (error instanceof SkanuError) return error;
  const refused = chainOf(error).some(({ name }) => name === 'KafkaJSSASLAuthenticationError');
  return new BrokerUnavailableError(
    broker,
    refused ? new Error('it refuses the login', { cause: error }) : error,
  );
}

export function isExpelled(error: unknown): boolean {
  return isOfType(error, EXPELLED);
}

export function isUnknownTopic(error: unknown): boolean {
  return isOfType(error, UNKNOWN_TOPIC);
}

export function isForbiddenTopic(error: unknown): boolean {
  return isOfType(error, ['TOPIC_AUTHORIZATION_FAILED']);
}

export function isTooLarge(error: unknown): boolean {
  return isOfType(error, TOO_LARGE);
}

export function isExistingTopic(error: unknown): boolean {
  return isOfType(error, ['TOPIC_ALREADY_EXISTS']);
}

export function isRefusedTopic(error: unknown): boolean {
  return isOfType(error, REFUSED_TOPIC);
}

export function isUnknownGroup(error: unknown): boolean {
  return isOfType(error, ['GROUP_ID_NOT_FOUND']);
}

export function isGroupInUse(error: unknown): boolean {
  return isOfType(error, ['NON_EMPTY_GROUP']);
}

/** The coordinator answered, though not with a yes: it is there. */
export function isAnswer(error: unknown): boolean {
  return chainOf(error).some(({ type }) => typeof type === 'string');
}

function isOfType(error: unknown, types: readonly string[]): boolean {
  return chainOf(error).some(({ type }) => typeof type === 'string' && types.includes(type));
}

/** The error and what it came from or stands for. */
function chainOf(error: unknown, depth = 0): KafkaError[] {
  // a chain that is deeper, or runs in a circle, tells nothing more
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  const one: KafkaError = error;
  const parts = [one.errors, one.groups].filter(Array.isArray).flat() as { error?: unknown }[];
  const causes = [one.cause, ...parts.flatMap((part) => [part, part?.error])];
  return [one, ...causes.flatMap((cause) => chainOf(cause, depth + 1))];
}
