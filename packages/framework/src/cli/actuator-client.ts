import { SkanuError, messageOf } from '../kernel/errors/skanu-error.js';

const TIMEOUT_MS = 10_000;

/** A view as the actuator shows it. */
export interface ViewState {
  readonly name: string;
  readonly generation: number;
  readonly state: string;
  readonly progress?: { readonly done: number; readonly total: number };
  readonly failure?: { readonly code: string; readonly message: string };
  readonly old?: { readonly rows: number };
}

/** The actuator of a running service did not do what it was asked for. */
export class ActuatorRefusedError extends SkanuError {
  static override readonly code: string = 'ACTUATOR_REFUSED';
  constructor(what: string, why: string, cause?: unknown) {
    super(`${what}: ${why}`, { help: 'Check --url and the name of the view.', cause });
  }
}

/** Speaks to the actuator of a running service. */
export class ActuatorClient {
  constructor(private readonly url: string) {}

  async views(): Promise<readonly ViewState[]> {
    const { views } = (await this.#ask('GET', '')) as { views: ViewState[] };
    return views;
  }

  async view(name: string): Promise<ViewState> {
    return (await this.#ask('GET', `/${encodeURIComponent(name)}`)) as ViewState;
  }

  async rebuild(name: string): Promise<void> {
    await this.#ask('POST', `/${encodeURIComponent(name)}/rebuild`);
  }

  async dropOld(name: string): Promise<void> {
    await this.#ask('DELETE', `/${encodeURIComponent(name)}/old`);
  }

  /** @throws ActuatorRefusedError */
  async #ask(method: string, path: string): Promise<unknown> {
    const url = `${this.url.replace(/\/+$/, '')}/actuator/views${path}`;
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(url, { method, signal: AbortSignal.timeout(TIMEOUT_MS) });
      text = await answer.text();
    } catch (error) {
      throw new ActuatorRefusedError(`${method} ${url}`, messageOf(error), error);
    }
    const body = parsed(text);
    if (answer.ok) return body;
    const { detail } = (body ?? {}) as { detail?: unknown };
    throw new ActuatorRefusedError(
      `${method} ${url}`,
      `${answer.status} ${typeof detail === 'string' ? detail : ''}`.trim(),
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
