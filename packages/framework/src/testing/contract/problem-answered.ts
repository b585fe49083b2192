import type { PactInteraction, PactRequest } from '../../contracts/pact-file.js';

/** Longer than any service of a test takes. */
const TIMEOUT_MS = 5_000;

interface ProblemWords {
  readonly detail?: unknown;
  readonly errors?: unknown;
}

/**
 * Why a provider refuses a request of a pact, in its own words. Pact's report has only what differs, and no body, so the request is made once more.
 * @param status what it has answered; undefined when it answers otherwise now, or without a problem (RFC 9457)
 */
export async function problemAnswered(
  url: string,
  interaction: PactInteraction,
  status: number,
): Promise<string | undefined> {
  if (interaction.type !== 'Synchronous/HTTP') return undefined;
  try {
    const answer = await fetch(...requestOf(url, interaction.request));
    const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
    const text = await answer.text();
    return isProblem && answer.status === status
      ? wordsOf(JSON.parse(text) as ProblemWords | null)
      : undefined;
  } catch {
    // what Pact has found is told anyway; only the reason is missing
    return undefined;
  }
}

function requestOf(
  base: string,
  { method, path, query = {}, headers = {}, body }: PactRequest['request'],
): [URL, RequestInit] {
  const url = new URL(path, base);
  for (const [name, values] of Object.entries(query))
    for (const value of values) url.searchParams.append(name, value);
  const sent = new Headers({ ...(body?.contentType !== undefined && { 'content-type': body.contentType }) });
  for (const [name, value] of Object.entries(headers)) sent.set(name, [value].flat().join(', '));
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return [url, { method, headers: sent, signal, ...(body && { body: textOf(body.content) }) }];
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}

function wordsOf(problem: ProblemWords | null): string | undefined {
  const { detail, errors } = problem ?? {};
  const said = typeof detail === 'string' ? [detail] : [];
  const fields = (Array.isArray(errors) ? errors : []).flatMap((one: unknown) => {
    const { pointer, detail: why } = (one ?? {}) as { readonly pointer?: unknown; readonly detail?: unknown };
    return typeof pointer === 'string' && typeof why === 'string' ? [`${pointer}: ${why}`] : [];
  });
  // services of this framework name the fields in the detail already
  const words = [...said, ...fields.filter((one) => !said.some((sentence) => sentence.includes(one)))];
  return words.length > 0 ? words.join('; ') : undefined;
}
