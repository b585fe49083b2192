import 'reflect-metadata';
import { delay, inject as inject_, injectable, singleton } from 'tsyringe';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/kernel/errors/start-errors.js';
import { NotRegisteredError } from '../../src/kernel/errors/model-errors.js';
import { ambient, inject } from '../../src/model/ambient.js';
import type { SymbolToken } from '../../src/model/token.js';
import { ServiceContainer } from '../../src/service/service-container.js';

const GREETING: SymbolToken<string> = Symbol('GREETING');
const COUNTER: SymbolToken<{ made: number }> = Symbol('COUNTER');

const NOTHING: SymbolToken<undefined> = Symbol('NOTHING');

class Client {
  called = 0;
}

@injectable()
class ByConstructor {
  constructor(
    @inject_(GREETING) readonly greeting: string,
    readonly client: Client,
  ) {}
}

class ByField {
  readonly greeting = inject(GREETING);
  readonly client = inject(Client);
}

function container(): ServiceContainer {
  const made = new ServiceContainer('shop');
  made.put(GREETING, 'hello');
  made.put(Client, new Client());
  return made;
}

/** As the handlers of a service are made. */
const resolved = <T>(from: ServiceContainer, token: abstract new (...args: never[]) => T): T =>
  ambient.run({ injector: from }, () => from.resolve<T>(token));

describe('the container of a service', () => {
  it('gives what was put in, by class and by symbol', () => {
    const client = new Client();
    const one = container();
    one.put(Client, client);
    expect(one.resolve(Client)).toBe(client);
    expect(one.resolve(GREETING)).toBe('hello');
  });

  it('injects into constructors and into fields, and makes a class once', () => {
    const one = container();
    one.putClass(ByConstructor);
    one.putClass(ByField);
    for (const made of [resolved(one, ByConstructor), resolved(one, ByField)]) {
      expect(made).toMatchObject({ greeting: 'hello', client: one.resolve(Client) });
    }
    expect(resolved(one, ByConstructor)).toBe(resolved(one, ByConstructor));
  });

  it('shares nothing with the container of another service', () => {
    const [one, other] = [container(), container()];
    other.put(GREETING, 'hallo');
    for (const each of [one, other]) each.putClass(ByConstructor);
    expect(resolved(one, ByConstructor)).not.toBe(resolved(other, ByConstructor));
    expect([resolved(one, ByConstructor).greeting, resolved(other, ByConstructor).greeting]).toEqual([
      'hello',
      'hallo',
    ]);
    expect(resolved(one, ByConstructor).client).not.toBe(resolved(other, ByConstructor).client);
  });

  it('makes a provider once, whoever asks and however', () => {
    let made = 0;
    @injectable()
    class Asks {
      readonly field = inject(COUNTER);
      constructor(@inject_(COUNTER) readonly parameter: { made: number }) {}
    }
    @injectable()
    class AsksToo {
      constructor(@inject_(COUNTER) readonly parameter: { made: number }) {}
    }
    const one = container();
    one.putFactory(COUNTER, () => ({ made: ++made }));
    for (const each of [Asks, AsksToo]) one.putClass(each);
    const [asks, asksToo] = [resolved(one, Asks), resolved(one, AsksToo)];
    expect(new Set([asks.field, asks.parameter, asksToo.parameter, one.resolve(COUNTER)])).toEqual(
      new Set([{ made: 1 }]),
    );
    expect(asks.field).toBe(asksToo.parameter);
    expect(made).toBe(1);
  });

  it('makes a provider only when it is needed, and once also when that is undefined', () => {
    let made = 0;
    const one = container();
    one.putFactory(NOTHING, () => void made++);
    expect(made).toBe(0);
    one.resolve(NOTHING);
    one.resolve(NOTHING);
    expect(made).toBe(1);
  });

  it('lets providers ask for others', () => {
    const one = container();
    one.putFactory(COUNTER, () => ({ made: inject(GREETING).length }));
    expect(one.resolve(COUNTER)).toEqual({ made: 5 });
  });

  it('refuses what is not listed, also a class that could simply be made', () => {
    class Stranger {
      readonly name = 'stranger';
    }
    const one = container();
    expect(() => one.resolve(Stranger)).toThrow(NotRegisteredError);
    expect(() => one.resolve(Stranger)).toThrow('service shop cannot provide Stranger');
    expect(() => one.resolve(Symbol('NOWHERE') as SymbolToken<string>)).toThrow(
      'service shop cannot provide NOWHERE',
    );
  });

  it('refuses a parameter that is not listed, and says which', () => {
    class Stranger {
      readonly name = 'stranger';
    }
    @injectable()
    class Asks {
      constructor(readonly stranger: Stranger) {}
    }
    const one = container();
    one.putClass(Asks);
    expect(() => resolved(one, Asks)).toThrow(NotRegisteredError);
    expect(() => resolved(one, Asks)).toThrow('service shop cannot provide Asks');
    const cause = expect.objectContaining({
      message: expect.stringContaining('service shop cannot provide Stranger'),
    });
    expect(() => resolved(one, Asks)).toThrow(expect.objectContaining({ cause }));
  });

  it('does not take what all of tsyringe shares', () => {
    @singleton()
    class Shared {
      readonly name = 'shared';
    }
    @injectable()
    class Asks {
      constructor(readonly shared: Shared) {}
    }
    const one = container();
    one.putClass(Asks);
    expect(() => one.resolve(Shared)).toThrow(NotRegisteredError);
    expect(() => resolved(one, Asks)).toThrow(NotRegisteredError);
  });

  it('knows parameters that are delayed because of a cycle', () => {
    @injectable()
    class Asks {
      constructor(@inject_(delay(() => Client)) readonly client: Client) {}
    }
    const one = container();
    one.putClass(Asks);
    one.resolve(Client).called = 3;
    expect(resolved(one, Asks).client.called).toBe(3);
  });

  it('passes on what a provider says is wrong, and keeps any other error as the cause', () => {
    const one = container();
    one.putFactory(GREETING, () => {
      throw new ConfigurationError('GREETING is not set', 'Set it.');
    });
    one.putFactory(COUNTER, () => {
      throw new Error('out of paper');
    });
    expect(() => one.resolve(GREETING)).toThrow(ConfigurationError);
    expect(() => one.resolve(COUNTER)).toThrow(NotRegisteredError);
    expect(() => one.resolve(COUNTER)).toThrow(expect.objectContaining({ cause: new Error('out of paper') }));
  });

  it('disposes of the handlers that it made', async () => {
    let disposed = 0;
    class Disposes {
      dispose() {
        disposed++;
      }
    }
    const one = container();
    one.putClass(Disposes);
    resolved(one, Disposes);
    await one.dispose();
    expect(disposed).toBe(1);
  });
});
