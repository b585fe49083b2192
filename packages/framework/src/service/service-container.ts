import { type DependencyContainer, container as root } from 'tsyringe';
import { NotRegisteredError } from '../kernel/errors/model-errors.js';
import { type Injector, ambient } from '../model/ambient.js';
import { type Token, nameOfToken } from '../model/token.js';

/**
 * The container of one service: a child of tsyringe's that shares nothing with other services. Only what was put in can
 * be taken out, also where tsyringe would make an instance of any class.
 */
export class ServiceContainer implements Injector {
  readonly #container: DependencyContainer = root.createChildContainer();
  readonly #resolved = new Map<unknown, unknown>();

  constructor(private readonly service: string) {}

  put<T>(token: Token<T>, value: T): void {
    this.#container.register(token as never, { useValue: value });
  }

  /** Makes it when it is first asked for, once. */
  putFactory<T>(token: Token<T>, make: () => T): void {
    this.#container.register(token as never, { useFactory: () => ambient.run({ injector: this }, make) });
  }

  /** A class of handlers: made once, by tsyringe, so that its constructor may have injected parameters. */
  putClass(target: abstract new (...args: never[]) => object): void {
    this.#container.registerSingleton(target as never);
  }

  resolve<T>(token: Token<T>): T {
    if (this.#resolved.has(token)) return this.#resolved.get(token) as T;
    const name = nameOfToken(token);
    if (!this.#container.isRegistered(token as never)) throw new NotRegisteredError(name, this.service);
    const value = this.#resolve<T>(token, name);
    this.#resolved.set(token, value);
    return value;
  }

  async dispose(): Promise<void> {
    await this.#container.dispose();
  }

  #resolve<T>(token: Token<T>, name: string): T {
    try {
      return this.#container.resolve<T>(token as never);
    } catch (error) {
      if (error instanceof NotRegisteredError) throw error;
      throw new NotRegisteredError(name, this.service, error);
    }
  }
}
