import type { PactFile, PactInteraction } from '../../contracts/pact-file.js';

/** One difference, as Pact's verifier reports it. */
interface Mismatch {
  readonly type?: string;
  readonly path?: string;
  readonly key?: string;
  readonly mismatch?: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

/** A provider does not keep what it has promised to a consumer. */
export class BrokenPromiseError extends Error {
  override readonly name = 'BrokenPromiseError';
}

/**
 * What a consumer is told to be without, in words: who reads it, what came, and what to do.
 * @param reasonOf why the provider answers with a status that nobody expects, where that can be told
 */
export async function brokenPromise(
  { consumer, provider }: PactFile,
  interaction: PactInteraction,
  error: unknown,
  reasonOf?: (status: number) => Promise<string | undefined>,
): Promise<BrokenPromiseError> {
  const { description } = interaction;
  const isMessage = interaction.type === 'Asynchronous/Messages';
  const mismatches = mismatchesOf(error);
  const status = mismatches.find(({ type }) => type === 'StatusMismatch')?.actual;
  const reason = typeof status === 'number' ? await reasonOf?.(status) : undefined;
  const differences = mismatches.map((one) => {
    const why = one.type === 'StatusMismatch' && reason !== undefined ? `, because ${reason}` : '';
    return `- ${consumer.name} ${isMessage ? 'reads' : 'needs'} ${placeOf(one)} of ${description}: ${wordsOf(one)}${why}`;
  });
  const wayOut = isMessage
    ? `Give ${consumer.name} what it reads, or publish a new version beside the old one: "version" and "alsoAs" of the event`
    : `Give ${consumer.name} what it needs, or add the new beside the old until ${consumer.name} has moved`;
  return new BrokenPromiseError(
    [
      `${provider.name} breaks what it promised to ${consumer.name}: ${description}`,
      ...(differences.length > 0 ? differences : [`- ${messageOf(error)}`]),
      `${wayOut}. If ${consumer.name} itself has changed its mind, its pact ${consumer.name}-${provider.name}.json says so first.`,
    ].join('\n'),
  );
}

function placeOf({ type, path, key }: Mismatch): string {
  if (type === 'StatusMismatch') return 'the status';
  if (type === 'MetadataMismatch') return `the ${key === 'key' ? 'key' : (key ?? 'metadata')}`;
  if (type === 'HeaderMismatch') return `the header ${key ?? ''}`;
  return path === undefined || path === '$' ? 'the body' : path.replace(/^\$\.?/, '');
}

function wordsOf({ mismatch, expected, actual }: Mismatch): string {
  return mismatch ?? `expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
}

/** The verifier rejects with its whole report, as JSON in the message. */
function mismatchesOf(error: unknown): Mismatch[] {
  try {
    const report = JSON.parse(messageOf(error)) as {
      errors?: readonly { mismatch?: { mismatches?: readonly Mismatch[] } }[];
    };
    return (report.errors ?? []).flatMap(({ mismatch }) => mismatch?.mismatches ?? []);
  } catch {
    return [];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
