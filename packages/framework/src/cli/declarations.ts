import { readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';

/** A line of a source file. */
export interface Place {
  /** From the working folder. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** More than any service has: where a module lies in a folder of everything, not all of it is read. */
const MAX_FILES = 2_000;
const MAX_DEPTH = 12;
const QUOTES = ["'", '"', '`'];

interface Source {
  readonly file: string;
  readonly lines: readonly string[];
}

/** Finds where things of a service are declared: in the TypeScript it was compiled from, where that is there, and not in what came of it. */
export class Declarations {
  readonly #sources: readonly Source[];

  private constructor(
    sources: readonly Source[],
    private readonly module: string,
  ) {
    // other services may be declared beside it, with classes that are called the same
    this.#sources = sources.toSorted((one, other) => Number(isOf(module, other)) - Number(isOf(module, one)));
  }

  /** @param module the one that exports the service */
  static async beside(module: string): Promise<Declarations> {
    const folder = dirname(module);
    const typescript = basename(folder) === 'dist' ? await sourcesIn(join(folder, '../src')) : [];
    return new Declarations(typescript.length > 0 ? typescript : await sourcesIn(folder), module);
  }

  /**
   * Where something is declared.
   * @param what a class, a member of one (`PaymentClient.approve`), or a text that stands there in quotes; undefined: the service itself
   */
  placeOf(what: string | undefined): Place {
    const [, name, member] = /^(\w+)(?:\.(\w+))?$/.exec(what ?? '') ?? [];
    return (
      (name === undefined ? undefined : this.#classPlace(name, member)) ??
      (what === undefined ? undefined : this.#linePlace((text) => isQuoted(text, what))) ??
      this.#definitionPlace()
    );
  }

  #classPlace(name: string, member: string | undefined): Place | undefined {
    const isClass = new RegExp(`\\bclass ${name}\\b`);
    const place = this.#linePlace((text) => isClass.test(text));
    if (!place || member === undefined) return place;
    const { lines } = this.#sources.find(({ file }) => shown(file) === place.file)!;
    const isMember = new RegExp(`^\\s+(?:(?:readonly|async|public|static) )*${member}\\s*[=(<:]`);
    const line = lines.findIndex((text, at) => at >= place.line && isMember.test(text));
    return line === -1 ? place : { ...place, line: line + 1 };
  }

  #linePlace(isIt: (text: string) => boolean, sources = this.#sources): Place | undefined {
    for (const { file, lines } of sources) {
      const line = lines.findIndex(isIt);
      if (line !== -1) return { file: shown(file), line: line + 1 };
    }
    return undefined;
  }

  #definitionPlace(): Place {
    const own = this.#sources.filter((source) => isOf(this.module, source));
    return (
      this.#linePlace((text) => /\bdefine(Service|Gateway)\(/.test(text), own) ?? {
        file: shown(own[0]?.file ?? this.module),
        line: 1,
      }
    );
  }
}

function isQuoted(text: string, what: string): boolean {
  return QUOTES.some((quote) => text.includes(`${quote}${what}${quote}`));
}

/** Whether a source is a module, or what it was compiled from. */
function isOf(module: string, { file }: Source): boolean {
  return basename(file).replace(/\.\w+$/, '') === basename(module).replace(/\.\w+$/, '');
}

function shown(file: string): string {
  return relative(process.cwd(), file);
}

async function sourcesIn(folder: string): Promise<Source[]> {
  const files = await filesIn(folder, MAX_DEPTH);
  const sources = await Promise.all(files.slice(0, MAX_FILES).map(sourceOf));
  return sources.filter((one) => one !== undefined);
}

/** Files of code, in order. What others wrote is not walked. */
async function filesIn(folder: string, depth: number): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await entriesOf(folder)) {
    if (found.length >= MAX_FILES) break;
    const path = join(folder, entry.name);
    const isOthers = entry.name === 'node_modules' || entry.name.startsWith('.');
    if (entry.isFile() && /(?<!\.d)\.[mc]?[jt]s$/.test(entry.name)) found.push(path);
    else if (entry.isDirectory() && !isOthers && depth > 0) found.push(...(await filesIn(path, depth - 1)));
  }
  return found;
}

async function entriesOf(folder: string) {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  } catch {
    // not there, or not to be read: a finding without its file is a finding still
    return [];
  }
}

async function sourceOf(file: string): Promise<Source | undefined> {
  try {
    return { file, lines: (await readFile(file, 'utf8')).split('\n') };
  } catch {
    // gone, or not to be read
    return undefined;
  }
}
