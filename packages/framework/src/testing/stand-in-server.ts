import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a stand-in has got. */
export interface StandInRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What its JSON says; its text when it is none. */
  readonly body: unknown;
}

/** What a stand-in answers. */
export interface StandInAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text as it is. */
  readonly body?: unknown;
}

type Answering = (request: StandInRequest) => StandInAnswer | Promise<StandInAnswer>;

/** A real HTTP server that plays another service. It remembers what it was asked, and answers as the test says. */
export interface StandIn extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly StandInRequest[];
  /** How it answers from now on. A promise that stays open is a service that hangs. */
  answers(answer: StandInAnswer | Answering): void;
}

/**
 * Starts a stand-in on a free port. Until told otherwise it answers 404.
 * @example
 * await using payment = await startStandIn();
 * payment.answers({ status: 201, body: { id: 1 } });
 * await using order = await startTestService(orderService, { settings: { PAYMENT_URL: payment.url } });
 */
export async function startStandIn(): Promise<StandIn> {
  const requests: StandInRequest[] = [];
  let answering: Answering = notFound;
  const server = createServer((request, response) => {
    void received(request)
      .then((one) => {
        requests.push(one);
        return answering(one);
      })
      .then(
        (answer) => respond(response, answer),
        // a test that throws here wants the connection to break
        () => response.destroy(),
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, 'localhost', resolve);
  });
  // a TCP server that listens has an address
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    requests,
    answers: (answer) => (answering = typeof answer === 'function' ? answer : () => answer),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const notFound: Answering = () => ({ status: 404 });

async function received(request: IncomingMessage): Promise<StandInRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const { method = '', url: path = '', headers } = request;
  return { method, path, headers, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function respond(response: ServerResponse, { status, headers, body }: StandInAnswer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  });
  response.end(text);
}
