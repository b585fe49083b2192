import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { BadRequestError } from '../kernel/errors/request-errors.js';
import { PROBLEM_JSON, problemOf } from './problem.js';

const KNOWN: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'the headers are too large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'the chunk extensions are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not arrive in time'],
};

/** Answers what is no HTTP request, or never became a whole one, and closes its connection. Gives the status. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): number | undefined {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  const [status, message] = KNOWN[error.code ?? ''] ?? [400, 'this is no valid HTTP request'];
  const body = JSON.stringify(problemOf(new BadRequestError(message, status), {}).problem);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${PROBLEM_JSON}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
  return status;
}
