import { once } from 'node:events';
import { type Server, type Socket, connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What becomes of a request and its answer on their way. */
export type LinkFault =
  | 'none'
  /** Each answer is late. */
  | 'latency'
  /** Some answers are late. */
  | 'jitter'
  /** The request arrives; instead of an answer the connection is cut. */
  | 'cut after the request'
  /** Half of the answer arrives. */
  | 'cut in the answer'
  /** The request arrives; the answer is no HTTP. */
  | 'garbage'
  /** The answer comes byte by byte. */
  | 'slow drip'
  | 'connection refused'
  /** The request never arrives, and nothing is ever said. */
  | 'black hole'
  /** The request arrives; nothing is ever said. */
  | 'silence';

const LATE_MS = 900;
const DRIP_MS = 40;

/** Stands between a caller and a service, and does to what passes what it is told. */
export class FaultyLink implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  readonly #random: () => number;
  readonly #to: number;
  #server: Server | undefined;
  #port = 0;
  #fault: LinkFault = 'none';

  private constructor(to: number, random: () => number) {
    this.#to = to;
    this.#random = random;
  }

  static async open(to: number, random: () => number): Promise<FaultyLink> {
    const link = new FaultyLink(to, random);
    await link.#listen();
    return link;
  }

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  /** From now on this happens to all connections, and to none that was there before. */
  async become(fault: LinkFault): Promise<void> {
    this.#fault = fault;
    for (const socket of this.#sockets) socket.destroy();
    if (fault === 'connection refused') await this.#close();
    else if (!this.#server) await this.#listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.#close();
  }

  async #listen(): Promise<void> {
    this.#server = createServer((client) => this.#connect(client));
    this.#server.listen(this.#port, 'localhost');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    server.close();
    await once(server, 'close');
  }

  #connect(client: Socket): void {
    const fault = this.#fault;
    const service = connect(this.#to, 'localhost');
    for (const socket of [client, service]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        service.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (fault !== 'black hole') service.write(bytes);
    });
    service.on('data', (bytes: Buffer) => void this.#answer(fault, client, bytes));
  }

  async #answer(fault: LinkFault, client: Socket, bytes: Buffer): Promise<void> {
    const send = (some: Uint8Array | string) => !client.destroyed && client.write(some);
    switch (fault) {
      case 'latency':
        await sleep(LATE_MS);
        break;
      case 'jitter':
        await sleep(this.#random() < 0.5 ? 0 : LATE_MS);
        break;
      case 'cut after the request':
        client.destroy();
        return;
      case 'cut in the answer':
        send(bytes.subarray(0, bytes.length / 2));
        client.end();
        return;
      case 'garbage':
        send('\u0000\u0001 what is this?\r\n\r\n');
        return;
      case 'slow drip':
        for (const byte of bytes) {
          send(Buffer.of(byte));
          await sleep(DRIP_MS);
        }
        return;
      case 'silence':
        return;
      default:
    }
    send(bytes);
  }
}
