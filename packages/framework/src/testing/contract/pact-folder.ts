import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PactFile, type PactInteraction, parsedPact } from '../../contracts/pact-file.js';
import { sortedJson } from '../../contracts/sorted-json.js';
import { folderPath } from './folder-path.js';

/** The committed pacts: one file for each consumer and provider. */
export class PactFolder {
  readonly path: string;

  /** @param folder a path or a `file:` URL */
  constructor(folder: string | URL) {
    this.path = folderPath(folder);
  }

  /** The pacts of a consumer, with a provider, or all; by name of the file. */
  read({ consumer, provider }: { readonly consumer?: string; readonly provider?: string } = {}): PactFile[] {
    return this.#names()
      .map((name) => join(this.path, name))
      .map((file) => parsedPact(readFileSync(file, 'utf8'), file))
      .filter((pact) => consumer === undefined || pact.consumer.name === consumer)
      .filter((pact) => provider === undefined || pact.provider.name === provider);
  }

  /** The text of a pact's file; undefined when there is none. */
  text(pact: PactFile): string | undefined {
    const name = nameOf(pact);
    return this.#names().includes(name) ? readFileSync(join(this.path, name), 'utf8') : undefined;
  }

  write(pact: PactFile): void {
    mkdirSync(this.path, { recursive: true });
    writeFileSync(join(this.path, nameOf(pact)), textOf(pact));
  }

  #names(): string[] {
    try {
      return readdirSync(this.path)
        .filter((name) => name.endsWith('.json'))
        .toSorted();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

export function nameOf({ consumer, provider }: PactFile): string {
  return `${consumer.name}-${provider.name}.json`;
}

/** The same promises give the same text, whoever made them, in whatever order. */
export function textOf({ consumer, provider, interactions }: PactFile): string {
  const metadata = { pactSpecification: { version: '4.0' } };
  const sorted = interactions.toSorted((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
  return sortedJson({ consumer, provider, interactions: sorted, metadata });
}

/** What tells the interactions of a pact apart. */
export function idOf({ type, description, providerStates = [] }: PactInteraction): string {
  return JSON.stringify([type, description, providerStates]);
}
