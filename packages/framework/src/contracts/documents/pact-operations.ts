import { type PactFile, type PactRequest, contentOf, fieldPaths } from '../pact-file.js';
import { dotted } from './fields-read.js';

/** All that a pact says of one operation. */
export interface PactOperation {
  /** `GET /orders/1`: as the pact asks. */
  readonly operation: string;
  readonly descriptions: readonly string[];
  /** Fields of the request's body. */
  readonly sends: readonly string[];
  /** Fields of the answers. */
  readonly reads: readonly string[];
}

/** The operations that a pact asks for, each once. */
export function pactOperations({ interactions }: PactFile): PactOperation[] {
  const requests = interactions.filter((one) => one.type === 'Synchronous/HTTP');
  const byOperation = Map.groupBy(
    requests,
    ({ request }) => `${request.method.toUpperCase()} ${request.path}`,
  );
  return [...byOperation].map(([operation, same]) => ({
    operation,
    descriptions: same.map(({ description }) => description),
    sends: fields(same, ({ request }) => request.body?.content),
    reads: fields(same, contentOf),
  }));
}

function fields(requests: readonly PactRequest[], exampleOf: (request: PactRequest) => unknown): string[] {
  return [...new Set(requests.flatMap((one) => fieldPaths(exampleOf(one)).map(dotted)))];
}
