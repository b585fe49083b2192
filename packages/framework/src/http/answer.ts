import type { FastifyReply } from 'fastify';

/** An answer before it is sent: as a value it can be kept, and given again. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const NO_CONTENT: Answer = { status: 204, headers: {} };

const asIs = (text: string) => text;

export function sendAnswer(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  reply.code(status).headers(headers);
  // our own serializer keeps Fastify from adding a charset, which our media types do not have
  return body === undefined ? reply.send() : reply.serializer(asIs).send(body);
}
