import { type DependencyContainer, container as root } from 'tsyringe';
import { NotRegisteredError } from '../kernel/errors/model-errors.js';
import { SkanuError } from '../kernel/errors/skanu-error.js';
import { type Injector, ambient } from '../model/ambient.js';
import { type Token, nameOfToken } from '../model/token.js';

/**
 * The container of one service: a child of tsyringe's that shares nothing with other services. Only what was put in can
 * be taken out, also where tsyringe would make an instance of any class.
 */
export class ServiceContainer implements Injector {
  readonly #container: DependencyContainer;

  constructor(
    private readonly service: string,
    private readonly parent?: ServiceContainer,
  ) {
    this.#container = (parent ? parent.#container : root).createChildContainer();
    this.#refuseWhatIsNotListed();
  }

  /** A container that has all that this one has, and may have something else in some places. */
  fork(): ServiceContainer {
    return new ServiceContainer(this.service, this);
  }

  put<T>(token: Token<T>, value: T): void {
    this.#container.register(token as never, { useValue: value });
  }

  /** Makes it when it is first asked for, once. */
  putFactory<T>(token: Token<T>, make: () => T): void {
    let made: { readonly value: T } | undefined;
    const useFactory = () => (made ??= { value: ambient.run({ injector: this }, make) }).value;
    this.#container.register(token as never, { useFactory });
  }

  /** A class of handlers: made once, by tsyringe, so that its constructor may have injected parameters. */
  putClass(target: abstract new (...args: never[]) => object): void {
    this.#container.registerSingleton(target as never);
  }

  resolve<T>(token: Token<T>): T {
    try {
      return this.#container.resolve<T>(token as never);
    } catch (error) {
      if (error instanceof SkanuError) throw error;
      throw new NotRegisteredError(nameOfToken(token), this.service, error);
    }
  }

  async dispose(): Promise<void> {
    await this.#container.dispose();
  }

  /** tsyringe would make any class, and ask the root that all services share: also for the parameters of a constructor. */
  #refuseWhatIsNotListed(): void {
    const container = this.#container;
    const resolve: (token: never, ...context: never[]) => never = container.resolve.bind(container);
    container.resolve = (token: unknown, ...context: never[]) => {
      // an object is a `delay(() => Class)`, which asks for the class itself later
      if (typeof token !== 'object' && !this.#has(token as never))
        throw new NotRegisteredError(nameOfToken(token as Token<unknown>), this.service);
      return resolve(token as never, ...context);
    };
  }

  #has(token: never): boolean {
    return this.#container.isRegistered(token) || (this.parent !== undefined && this.parent.#has(token));
  }
}
