/** An answer over HTTP, read to its end. */
export interface TestAnswer<B> {
  /** What it answers: `POST /orders`. */
  readonly asked: string;
  readonly status: number;
  readonly headers: Headers;
  /** What its JSON says; undefined when it is no JSON. */
  readonly body: B;
  readonly text: string;
}

/** How a test asks over HTTP. */
export type TestRequest = <B = unknown>(
  method: string,
  path: string,
  /** Sent as JSON; a text or bytes as they are, with `content-type: application/json` too. */
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<TestAnswer<B>>;

/** Requests to what listens at `url`. They accept JSON, unless `headers` say otherwise. */
export function requestsTo(url: string): TestRequest {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      redirect: 'manual',
      ...(body !== undefined && { body: asIsOrJson(body) }),
    });
    const text = await answer.text();
    const isJson = /[/+]json\b/.test(answer.headers.get('content-type') ?? '');
    const json: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
    // the test says what it expects; nothing is checked here
    return {
      asked: `${method} ${path}`,
      status: answer.status,
      headers: answer.headers,
      body: json as never,
      text,
    };
  };
}

function asIsOrJson(body: unknown): string | Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}
