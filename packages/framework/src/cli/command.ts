import type { Environment } from '../service/settings.js';

/** What a command may use of the process. */
export interface CommandContext {
  readonly environment: Environment;
  /** Where what was asked for goes. */
  readonly out: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Where all else goes. */
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** One command of `skanu`. */
export interface Command {
  /** As it is typed: `schema print MODULE`. */
  readonly usage: string;
  /** What it does, in a line. */
  readonly summary: string;
  /** What it takes beside its words, by name, each with a value. */
  readonly options: Readonly<Record<string, string>>;
  /** What it takes without a value, by name. */
  readonly flags?: Readonly<Record<string, string>>;
  /** @returns the exit code */
  run(
    context: CommandContext,
    words: readonly string[],
    options: Readonly<Record<string, string | undefined>>,
    flags: ReadonlySet<string>,
  ): Promise<number>;
}

/** The exit code for a command that was called wrongly, or lacks a setting: it has done nothing. */
export const USAGE_ERROR = 2;
