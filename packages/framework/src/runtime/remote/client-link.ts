import type { Dispatcher } from 'undici';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { unlessAborted } from '../../kernel/unless-aborted.js';
import type { Interceptor } from '../../model/resilience.js';
import type { Instruments } from '../instruments.js';
import { exchangedOf } from './call-verdict.js';
import type { CallLimit } from './call-limit.js';
import type { CallUndoing } from './call-undoing.js';
import { DEADLINE_HEADER, deadlineHeaderOf } from './deadline-header.js';
import { exchange } from './exchange.js';
import { intercepted } from './intercepted.js';
import type { RemoteRequest } from './request-template.js';
import type { RetryBudget } from './retry-budget.js';
import type { Target, Targets } from './targets.js';

/** What one attempt asks of one address. */
export interface Attempt<T> {
  readonly operation: string;
  readonly target: Target;
  readonly request: RemoteRequest;
  readonly limit: CallLimit;
  /** Whether the answer has a body that is read. */
  readonly expectsBody: boolean;
  /** Takes the body, as JSON. An answer that does not fit is no good answer of that address. @throws RemoteBadAnswerError */
  readonly read: (json: unknown) => T;
}

/** What the clients of a service share. */
export interface ClientParts {
  readonly instruments: Instruments;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly undoing: Pick<CallUndoing, 'begin' | 'failed' | 'register'>;
}

export interface ClientLinkOptions extends ClientParts {
  /** The name of the client: `payment`. */
  readonly client: string;
  readonly targets: Targets;
  readonly budget: RetryBudget;
  readonly interceptors: readonly Interceptor[];
  readonly dispatcher: Dispatcher;
}

/** What the operations of one client share: its addresses, its budget, its way over the wire. */
export class ClientLink {
  constructor(readonly options: ClientLinkOptions) {}

  /** One attempt at one address, which is told what came of it. @throws what `exchange` and the interceptors throw */
  async send<T>({ operation, target, request, limit, expectsBody, read }: Attempt<T>): Promise<T> {
    const { targets, dispatcher, interceptors } = this.options;
    const { method, path, headers, body } = request;
    const { signal, isFair } = limit;
    const ready = {
      method,
      url: `${target.url}${path}`,
      headers: {
        ...headers,
        ...(target.host !== undefined && { host: target.host }),
        [DEADLINE_HEADER]: deadlineHeaderOf(limit.leftMs),
      },
      body,
    };
    try {
      const intercepting = intercepted(operation, ready, interceptors);
      await unlessAborted(intercepting, signal);
      signal.throwIfAborted();
      const json = await exchange({
        ...(await intercepting),
        operation,
        dispatcher,
        signal,
        expectsBody,
      });
      const answer = read(json);
      targets.report(target, 'answered');
      return answer;
    } catch (error) {
      const exchanged = exchangedOf(error, isFair);
      if (exchanged) targets.report(target, exchanged);
      throw error;
    }
  }
}
