import { ConfigurationError } from '../kernel/errors/start-errors.js';

/** A pact between two services, as far as it is looked at: the file format of the Pact specification, version 4. */
export interface PactFile {
  readonly consumer: { readonly name: string };
  readonly provider: { readonly name: string };
  readonly interactions: readonly PactInteraction[];
  readonly metadata?: unknown;
}

export type PactInteraction = PactRequest | PactMessage;

interface PactCommon {
  readonly description: string;
  readonly providerStates?: readonly ProviderState[];
  readonly pending?: boolean;
}

/** What the provider must be in when the interaction is verified. */
export interface ProviderState {
  readonly name: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A request and its answer. */
export interface PactRequest extends PactCommon {
  readonly type: 'Synchronous/HTTP';
  readonly request: PactPart & {
    readonly method: string;
    readonly path: string;
    readonly query?: Readonly<Record<string, readonly string[]>>;
  };
  readonly response: PactPart & { readonly status: number };
}

/** A message on a topic. */
export interface PactMessage extends PactCommon {
  readonly type: 'Asynchronous/Messages';
  readonly contents: PactBody;
  readonly matchingRules?: PactRules;
  /** `topic`, `eventType` (as on the wire), `key`, `content-type`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

interface PactPart {
  readonly headers?: Readonly<Record<string, readonly string[] | string>>;
  readonly body?: PactBody;
  readonly matchingRules?: PactRules;
}

export interface PactBody {
  /** An example. */
  readonly content: unknown;
  readonly contentType?: string;
}

/** By part (`body`, `header`), then by path (`$.orderId`). */
export type PactRules = Readonly<Record<string, unknown>>;

/** A pact from the text of its file. @throws ConfigurationError when it is none */
export function parsedPact(text: string, file: string): PactFile {
  try {
    const pact = JSON.parse(text) as Partial<PactFile>;
    if (pact.consumer?.name === undefined || pact.provider?.name === undefined || !pact.interactions)
      throw new SyntaxError('it names no consumer, provider or interactions');
    return pact as PactFile;
  } catch (error) {
    throw new ConfigurationError(
      `${file} is no pact`,
      'Take it away, and run the contract tests of the consumer: they write it anew.',
      error,
    );
  }
}

/** What the consumer reads of the answer or the message. */
export function contentOf(interaction: PactInteraction): unknown {
  return interaction.type === 'Synchronous/HTTP'
    ? interaction.response.body?.content
    : interaction.contents.content;
}

/** The fields of an example as paths: `/orderId`, `/lines/0/qty` with `*` for the number. Those of objects inside come after the object. */
export function fieldPaths(example: unknown, base = ''): string[] {
  if (Array.isArray(example)) return example.length === 0 ? [] : fieldPaths(example[0], `${base}/*`);
  if (typeof example !== 'object' || example === null) return [];
  return Object.entries(example).flatMap(([name, value]) => [
    `${base}/${name}`,
    ...fieldPaths(value, `${base}/${name}`),
  ]);
}
