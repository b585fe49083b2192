import { type Socket, connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type ISocketFactory, Kafka, type KafkaConfig, type RetryOptions, logLevel } from 'kafkajs';
import { brokersOf } from './broker-address.js';
import type { KafkaBrokerOptions } from './kafka-broker-options.js';
import { kafkaLogger } from './kafka-logger.js';

/** How long one connection may take to come about, unless a request as a whole may take less. */
const CONNECT_LIMIT_MS = 3_000;
const KEEP_ALIVE_MS = 60_000;
const MAX_LISTENERS = 1_000;

/**
 * One client of kafkajs, which can be ended for sure. kafkajs goes on with what it has begun whatever one does, and its
 * `disconnect` waits for answers that may never come. So its connections are known here: {@link KafkaLink.end} cuts
 * them and lets it make no new ones, upon which its loops end.
 */
export class KafkaLink {
  readonly kafka: Kafka;
  readonly #sockets = new Set<Socket>();
  #isEnded = false;

  constructor(options: KafkaBrokerOptions, retry: RetryOptions) {
    const { clientId, sasl, tls, requestTimeoutMs, logger } = options;
    const brokers = brokersOf(options.url);
    this.kafka = new Kafka({
      clientId,
      // no list is what kafkajs takes for an error that is not worth another attempt
      brokers: () => (this.#isEnded ? (undefined as unknown as string[]) : brokers),
      connectionTimeout: Math.min(CONNECT_LIMIT_MS, requestTimeoutMs),
      authenticationTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      retry,
      // a new object for each client: kafkajs writes into it, and would log in with what it wrote there first
      ...(sasl && { sasl: { ...sasl } as NonNullable<KafkaConfig['sasl']> }),
      ...(tls && { ssl: { ...(tls.ca !== undefined && { ca: [tls.ca] }), rejectUnauthorized: tls.verify } }),
      socketFactory: this.#connect,
      logLevel: logLevel.WARN,
      logCreator: kafkaLogger(logger),
    });
  }

  /** Cuts all connections. Calls under way reject; nothing keeps the process alive. */
  end(): void {
    this.#isEnded = true;
    // with an error: without one kafkajs is not told
    for (const socket of this.#sockets) socket.destroy(new Error('ended'));
  }

  readonly #connect: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (this.#isEnded) throw new Error('ended');
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
      : connect({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setNoDelay(true);
    // kafkajs writes to connections that are still being made, and each write waits with a listener
    socket.setMaxListeners(MAX_LISTENERS);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  };
}
