import { AsyncLocalStorage } from 'node:async_hooks';
import { NoUnitOfWorkError } from '../kernel/errors/model-errors.js';
import type { Token } from './token.js';

/** Gives what a service's container holds. */
export interface Injector {
  resolve<T>(token: Token<T>): T;
}

/** What the code of a team can reach from wherever it runs, without it being handed around. */
export interface Ambient {
  readonly injector: Injector;
  /** The unit of work that runs; undefined while a handler is constructed. */
  readonly unit?: {
    publish(event: object): void;
    /** Where it comes from, as far as the model may know. */
    readonly origin?: { readonly signal?: AbortSignal };
  };
}

/** Carries the ambient through `await`. The runtime enters it, the words of the model read it. */
export const ambient = new AsyncLocalStorage<Ambient>();

/**
 * What the service's container holds for a token: a client class, `repositoryOf(Aggregate)`, or a provider. Works in
 * hooks, behaviour methods and handlers, and where a handler's fields are initialised.
 * @example private readonly payments = inject(repositoryOf(Payment));
 * @throws NoUnitOfWorkError anywhere else
 * @throws NotRegisteredError when the service does not list it
 */
export function inject<T>(token: Token<T>): T {
  const here = ambient.getStore();
  if (!here) throw new NoUnitOfWorkError('inject()');
  return here.injector.resolve(token);
}
