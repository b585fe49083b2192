import type { FastifyInstance } from 'fastify';

/** An answer with its body as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly body: any;
  readonly text: string;
}

/** What HTTPie sends with a body. */
export const HTTPIE = { accept: 'application/json, */*;q=0.5', 'content-type': 'application/json' };

/** Sends one request as HTTPie would; a header that is undefined is left out. */
export async function send(
  app: FastifyInstance,
  method: string,
  url: string,
  body?: unknown,
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<Answer> {
  const { 'content-type': type, ...rest } = HTTPIE;
  const all = { ...rest, host: 'shop:8080', ...(body !== undefined && { 'content-type': type }), ...headers };
  const answer = await app.inject({
    method: method as never,
    url,
    headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >,
    ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const isJson = /json/.test(String(answer.headers['content-type'])) && answer.body !== '';
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: isJson ? answer.json() : undefined,
    text: answer.body,
  };
}
