import { type RequestListener, type Server, type ServerOptions, createServer } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';
import type { Clock } from '../kernel/clock.js';

/** So often at the most idle connections are closed for new ones. */
const ROOM_EVERY_MS = 1_000;

/**
 * The servers behind one app (one for each address of `localhost`), and how they stop. Node's own `close` cuts idle connections at once, and
 * with them a request that is just on its way; here they linger.
 */
export class HttpServers {
  readonly #servers: Server[] = [];
  /** Connections on which no request came yet: Node does not count them as idle. */
  readonly #silent = new Set<Socket>();
  #isDraining = false;
  #roomMadeAt = -Infinity;

  constructor(
    private readonly options: ServerOptions,
    private readonly limits: {
      readonly maxConnections: number;
      /** How long nothing may move on a connection with a request under way. */
      readonly silenceTimeoutMs: number;
      readonly clock: Clock;
      /** Told of each connection that is refused. */
      readonly refused: () => void;
    },
  ) {}

  /** Makes the servers: Fastify's `serverFactory`. */
  readonly make = (handler: RequestListener): Server => {
    const server = createServer(this.options, handler);
    // those beyond are closed before a byte is read: nothing was begun, and the client sees it at once
    server.maxConnections = this.limits.maxConnections;
    server.on('drop', () => {
      this.limits.refused();
      this.#makeRoom(server);
    });
    // between requests the time for idle connections holds instead
    server.timeout = this.limits.silenceTimeoutMs;
    server.on('connection', (socket) => {
      this.#silent.add(socket);
      socket.once('close', () => this.#silent.delete(socket));
    });
    server.prependListener('request', ({ socket }) => this.#silent.delete(socket));
    this.#servers.push(server);
    return server;
  };

  /**
   * Idle connections give way, also those on which nothing came yet: they would shut out the probes that keep the service alive. Not at each refusal, or a
   * crowd would cut everybody off all the time.
   */
  #makeRoom(server: Server): void {
    const now = this.limits.clock.now();
    if (now - this.#roomMadeAt < ROOM_EVERY_MS) return;
    this.#roomMadeAt = now;
    server.closeIdleConnections();
  }

  /**
   * Whether no new connection is taken any more. Only then may an answer close its connection: a client that opens another one is refused, and
   * not left with one that the system took in and nobody will ever read.
   */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /**
   * Takes no new connection, and resolves when the last one is closed. Requests that are under way are finished. Idle
   * connections may bring one more within `lingerMs`, then they are closed.
   */
  async drain(clock: Clock, lingerMs: number): Promise<void> {
    const closed = Promise.all(this.#servers.map(stopListening));
    this.#isDraining = true;
    const lingering = new AbortController();
    await Promise.race([closed, clock.sleep(lingerMs, lingering.signal)]).finally(() =>
      lingering.abort('closed'),
    );
    for (const socket of this.#silent) socket.destroy();
    for (const server of this.#servers) server.closeIdleConnections();
    await closed;
  }
}

function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // that of TCP: HTTP's own would cut the idle connections; the error says that it did not listen
    TcpServer.prototype.close.call(server, () => resolve());
  });
}
