/** What every error of the framework carries besides its message. */
export interface SkanuErrorOptions {
  /** What the reader of the message can do about it: one sentence, imperative. */
  readonly help: string;
  /** Whether the same work may succeed when it is simply done again. Default: false. */
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

/**
 * The base of all errors of the framework. The `message` names the thing and its state, `help` says what to do,
 * `code` is stable and may be matched on (the message may not), `retriable` tells handlers whether another attempt
 * makes sense. All codes are listed in docs/reference/errors.md.
 */
export abstract class SkanuError extends Error {
  static readonly code: string = 'SKANU';
  readonly code: string;
  readonly help: string;
  readonly retriable: boolean;

  constructor(message: string, options: SkanuErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = new.target.code;
    this.help = options.help;
    this.retriable = options.retriable ?? false;
  }
}

/** The message of anything that was thrown, for messages of our own; never for matching. Never throws itself. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'something was thrown that cannot be shown';
  }
}
