import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { TlsOptions } from '../../kernel/tls-options.js';

export interface KafkaBrokerOptions {
  /** `kafka://host:port,host:port`: the brokers to ask first. */
  readonly url: string;
  /** Names this client in the broker's logs and quotas: the service's name. */
  readonly clientId: string;
  /** Undefined: no login. */
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** Undefined: no TLS. */
  readonly tls?: TlsOptions;
  /** The largest value of a record that is published, in bytes; a topic that takes less is refused. */
  readonly maxRecordBytes: number;
  /** Replicas of a topic that is made. Default: what the cluster says. */
  readonly replication?: number;
  /** How long connecting, publishing one batch, or committing offsets may take, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** After how long a silent member counts as dead, in milliseconds. Default: 10,000 */
  readonly sessionTimeoutMs?: number;
  /** How long the consumer may take to let go of partitions, in milliseconds. */
  readonly rebalanceLimitMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}
