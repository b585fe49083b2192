import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** Stands before servers and hands connections on, to each in turn; and lets them break. */
export class Balancer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #upstreams: () => readonly number[];
  #turn = 0;

  private constructor(upstreams: () => readonly number[]) {
    this.#upstreams = upstreams;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** @param upstreams the ports that can be handed to now */
  static async listen(upstreams: () => readonly number[]): Promise<Balancer> {
    const balancer = new Balancer(upstreams);
    balancer.#server.listen(0, 'localhost');
    await once(balancer.#server, 'listening');
    return balancer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Breaks all connections that are open. New ones are welcome. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket): void {
    this.#watch(client);
    const ports = this.#upstreams();
    const turn = this.#turn++;
    this.#handOn(
      client,
      ports.map((_, index) => ports[(turn + index) % ports.length]!),
    );
  }

  /** To the first of them that takes it. */
  #handOn(client: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(port, 'localhost');
    this.#watch(upstream);
    const refused = () => this.#handOn(client, others);
    upstream.once('error', refused);
    upstream.once('connect', () => {
      upstream.off('error', refused);
      client.setNoDelay(true).pipe(upstream.setNoDelay(true)).pipe(client);
      client.once('close', () => upstream.destroy());
      upstream.once('close', () => client.destroy());
    });
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    // whoever is at the other end sees that it is broken; here there is nothing to be said
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
