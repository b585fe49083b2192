import type { Admin } from 'kafkajs';
import { withDeadline } from './deadline.js';
import { brokerFailure } from './kafka-failure.js';
import type { KafkaBrokerOptions } from './kafka-broker-options.js';
import { KafkaLink } from './kafka-link.js';

/** Few: who calls decides whether to ask again, and its deadline is shorter than many attempts. */
const RETRY = { initialRetryTime: 50, maxRetryTime: 500, retries: 5 };

/** What there is while a client lives. */
interface Session {
  readonly link: KafkaLink;
  readonly admin: Admin;
  readonly connected: Promise<void>;
  /** Calls under way. */
  calls: number;
}

/** Asks and changes what is not records: topics, groups, offsets. Every call ends within the time limit of requests. */
export class KafkaAdmin {
  #session: Session | undefined;
  #isClosed = false;

  constructor(
    private readonly options: KafkaBrokerOptions,
    private readonly broker: string,
  ) {}

  /**
   * Runs a call. What it rejects with is what kafkajs said, or that the deadline is over; see {@link brokerFailure}.
   * @param what for the message: `making a topic`
   */
  async call<T>(what: string, work: (admin: Admin) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Error('closed');
    const { clock, requestTimeoutMs } = this.options;
    const session = (this.#session ??= this.#connect());
    session.calls++;
    try {
      const answer = session.connected.then(() => work(session.admin));
      return await withDeadline(clock, requestTimeoutMs, what, answer);
    } catch (error) {
      // its knowledge of the cluster may be what is wrong: the next call begins anew
      if (this.#session === session) this.#session = undefined;
      throw error;
    } finally {
      session.calls--;
      if (this.#session !== session && session.calls === 0) session.link.end();
    }
  }

  /** As {@link KafkaAdmin.call}, in the words of the port. */
  async ask<T>(what: string, work: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      return await this.call(what, work);
    } catch (error) {
      throw brokerFailure(this.broker, error);
    }
  }

  /** Calls under way may reject. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const session = this.#session;
    this.#session = undefined;
    if (!session) return;
    const { clock, requestTimeoutMs } = this.options;
    await withDeadline(clock, requestTimeoutMs, 'disconnecting', session.admin.disconnect()).catch(() => {});
    session.link.end();
  }

  #connect(): Session {
    const link = new KafkaLink(this.options, RETRY);
    const admin = link.kafka.admin();
    const connected = admin.connect();
    // told by the calls that wait for it
    connected.catch(() => {});
    return { link, admin, connected, calls: 0 };
  }
}
