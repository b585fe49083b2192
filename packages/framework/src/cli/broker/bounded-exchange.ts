/** What came back. */
export interface Exchanged {
  readonly status: number;
  readonly text: string;
}

/** There is more of an answer than anybody wants to read. */
export class AnswerTooLarge extends Error {}

/**
 * One request and its whole answer, within a time and a size. Redirections are not followed: a POST would become a GET on the way, and credentials are for one
 * address only.
 * @throws AnswerTooLarge, a `TimeoutError` (DOMException), or what `fetch` throws when the connection fails
 */
export async function boundedExchange(
  url: URL,
  request: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string },
  limits: { readonly timeoutMs: number; readonly maxBytes: number },
): Promise<Exchanged> {
  const signal = AbortSignal.timeout(limits.timeoutMs);
  const answer = await fetch(url, { ...request, redirect: 'manual', signal });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // leaving the loop by an error cancels the body, and so closes the connection
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > limits.maxBytes) throw new AnswerTooLarge(`it has more than ${limits.maxBytes} bytes`);
    chunks.push(chunk);
  }
  return { status: answer.status, text: Buffer.concat(chunks).toString('utf8') };
}
