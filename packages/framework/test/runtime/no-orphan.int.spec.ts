import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { DomainError } from '../../src/kernel/errors/model-errors.js';
import { CommitUnknownError, VersionConflictError } from '../../src/kernel/errors/store-errors.js';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { inject } from '../../src/model/ambient.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { FeignClient } from '../../src/model/feign-client.js';
import { post } from '../../src/model/http-operation.js';
import { PostPersist } from '../../src/model/lifecycle-hooks.js';
import { PolicyHandler, Whenever } from '../../src/model/policy-handler.js';
import { defineService } from '../../src/model/service-definition.js';
import { Undo } from '../../src/model/undo.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';
import { startTestService } from '../../src/testing/service-harness.js';
import { startTcpProxy } from '../fixtures/tcp-proxy.js';

// a bank holds money for a shop, and gives it back for sales that do not come about
@Aggregate({ collection: 'holds' })
class Hold extends AggregateRoot(
  z.object({ sale: z.number().int(), state: z.enum(['held', 'given back']).default('held') }),
) {
  @Undo()
  giveBack() {
    this.state = 'given back';
  }
}
const bank = defineService({ name: 'bank', port: 0, aggregates: [Hold] });

@FeignClient({ name: 'bank', timeoutMs: 400 })
class BankClient {
  readonly hold = post('/holds', {
    body: z.object({ sale: z.number().int() }),
    returns: z.object({ id: z.number().int() }),
    undo: true,
  });
}

const WITHIN = { timeout: 10_000, interval: 20 };

let goesOn = false;
let afterTheCall: () => void | Promise<void> = () => {};

@Aggregate({ collection: 'sales' })
class Sale extends AggregateRoot(z.object({ what: z.string() })) {
  @PostPersist()
  async pay() {
    const holding = inject(BankClient).hold({ sale: this.id });
    await (goesOn ? holding.catch(() => {}) : holding);
    await afterTheCall();
  }
}

class Wanted extends DomainEvent('Wanted', z.object({ what: z.string() }), { key: (e) => e.what }) {}

@PolicyHandler({ id: 'orders' })
class Orders {
  @Whenever(Wanted)
  async order({ what }: Wanted) {
    await inject(BankClient).hold({ sale: 77 });
    if (what === 'twice' && failures++ < 2) throw new Error('not yet');
  }
}
let failures = 0;

const shop = defineService({
  name: 'shop',
  port: 0,
  aggregates: [Sale],
  policies: [Orders],
  clients: [BankClient],
});

/** Both, with a proxy between them. */
async function started(settings: Readonly<Record<string, string>> = {}) {
  const opened = new AsyncDisposableStack();
  afterTheCall = () => {};
  goesOn = false;
  failures = 0;
  const theBank = opened.use(await startTestService(bank));
  const way = opened.use(await startTcpProxy(Number(new URL(theBank.url).port)));
  let store!: FaultyStore;
  const theShop = opened.use(
    await startTestService(shop, {
      settings: { BANK_URL: `http://localhost:${way.port}`, ...settings },
      engines: { store: (real) => (store = new FaultyStore(real)) },
    }),
  );
  const sell = () => theShop.request('POST', '/sales', { what: 'tea' });
  /** By sale, which states its holds are in. */
  const holds = async () => {
    const all = (await theBank.stored(Hold)) as unknown as { sale: number; state: string }[];
    return all.map(({ sale, state }) => `${sale} ${state}`).toSorted();
  };
  const settled = (expected: readonly string[]) =>
    vi.waitFor(async () => {
      expect(await holds()).toEqual(expected);
      expect(await store.intents.status()).toMatchObject({ abandoned: 0 });
    }, WITHIN);
  return { opened, theBank, theShop, way, store, sell, holds, settled };
}

describe('a call that is to be undone unless its work is committed', () => {
  it('stays where it is committed', async () => {
    const { opened, sell, settled, theShop } = await started();
    await using _ = opened;
    expect((await sell()).status).toBe(201);
    expect(await theShop.stored(Sale)).toHaveLength(1);
    await settled(['1 held']);
  });

  it('is undone when the commit fails', async () => {
    const { opened, sell, settled, store, theShop } = await started();
    await using _ = opened;
    store.failNext('commit', new VersionConflictError('sales', 1, 1));
    expect((await sell()).status).toBe(409);
    await settled(['1 given back']);
    expect(await theShop.stored(Sale)).toEqual([]);
  });

  it('is undone when it has failed, even if who made it goes on without it', async () => {
    const { opened, sell, settled, way, theShop } = await started();
    await using _ = opened;
    goesOn = true;
    way.judge = (bytes) => (bytes.includes('POST /holds') ? 'cut after' : 'pass');
    expect((await sell()).status).toBe(201);
    expect(await theShop.stored(Sale)).toHaveLength(1);
    await settled(['1 given back']);
  });

  it('is undone when a rule forbids what comes after it', async () => {
    const { opened, sell, settled } = await started();
    await using _ = opened;
    afterTheCall = () => {
      throw new DomainError('we are closed');
    };
    expect((await sell()).status).toBe(409);
    await settled(['1 given back']);
  });

  it('stays when the answer to the commit was lost and it has happened', async () => {
    const { opened, sell, settled, store, theShop } = await started();
    await using _ = opened;
    store.failNext('commit', new CommitUnknownError('shop', 'a plan'), { after: true });
    expect((await sell()).status).toBe(503);
    expect(await theShop.stored(Sale)).toHaveLength(1);
    await settled(['1 held']);
  });

  it('is undone when its answer was lost, or it arrived only after the caller had given up', async () => {
    const { opened, sell, settled, way, theBank, holds } = await started();
    await using _ = opened;
    way.judge = (bytes) => (bytes.includes('POST /holds') ? 'cut after' : 'pass');
    expect((await sell()).status).toBe(503);
    await settled(['1 given back']);

    let key: string | undefined;
    let isTakenBack = false;
    way.judge = (bytes) => {
      if (!bytes.includes('POST /holds')) {
        isTakenBack ||= bytes.includes('DELETE /holds');
        return 'pass';
      }
      key = /idempotency-key: (\S+)/i.exec(bytes.toString())?.[1];
      return 'hold back';
    };
    expect((await sell()).status).toBe(503);
    // before it has come
    await vi.waitFor(() => expect(isTakenBack).toBe(true), WITHIN);
    await settled(['1 given back']);
    way.heldBack!.forward();
    await vi.waitFor(async () => {
      // while the one that comes late is looked at: that it is running
      const again = await theBank.request('POST', '/holds', { sale: 2 }, { 'idempotency-key': key! });
      expect(again).toMatchObject({ status: 409, body: { code: 'REQUEST_WITHDRAWN' } });
    }, WITHIN);
    expect(await holds()).toEqual(['1 given back']);
  });

  it('is undone as soon as the other service can be reached again', async () => {
    const { opened, sell, settled, way, store } = await started();
    await using _ = opened;
    store.failNext('commit', new VersionConflictError('sales', 1, 1));
    way.judge = (bytes) => (bytes.includes('DELETE') ? 'cut before' : 'pass');
    expect((await sell()).status).toBe(409);
    await vi.waitFor(async () => {
      const [call] = await store.intents.abandoned(10);
      expect(call).toMatchObject({ operation: 'bank.hold' });
      expect(call!.attempts).toBeGreaterThan(0);
      expect(call!.reason).toMatch(/bank.hold/);
    }, WITHIN);
    way.judge = () => 'pass';
    await settled(['1 given back']);
  });

  it('that cannot be undone is shown with the reason, until a person has seen to it', async () => {
    const { opened, sell, settled, way, store, theShop, holds } = await started();
    await using _ = opened;
    store.failNext('commit', new VersionConflictError('sales', 1, 1));
    way.judge = (bytes) => (bytes.includes('DELETE') ? 'cut before' : 'pass');
    await sell();
    const stuck = await vi.waitFor(async () => {
      const { body } = await theShop.request<{ undos: { key: string; reason: string | null }[] }>(
        'GET',
        '/actuator/undos',
      );
      expect(body.undos).toMatchObject([
        { operation: 'bank.hold', reason: expect.stringMatching(/bank.hold/) },
      ]);
      return body.undos[0]!;
    }, WITHIN);
    const dropped = await theShop.request('DELETE', `/actuator/undos/${stuck.key}`);
    expect(dropped.status).toBe(204);
    way.judge = () => 'pass';
    await settled(['1 held']);
    expect(await holds()).toEqual(['1 held']);
  });

  it('that is being undone can no longer be kept: the work that took too long fails and leaves nothing', async () => {
    const { opened, sell, settled, store, theShop } = await started();
    await using _ = opened;
    let kept: readonly string[] = [];
    const hold = store.holdNext('commit', { where: ({ keeps = [] }) => (kept = keeps).length > 0 });
    const selling = sell();
    await hold.reached;
    // as if somebody else thought that this process had died
    await store.intents.abandon(kept);
    hold.release();
    expect(await selling).toMatchObject({ status: 503, body: { code: 'REMOTE_CALL_ABANDONED' } });
    expect(await theShop.stored(Sale)).toEqual([]);
    await settled(['1 given back']);
  });

  it('of a handler has one effect, however many attempts the event took', async () => {
    const { opened, settled, theShop } = await started();
    await using _ = opened;
    await theShop.given(new Wanted({ what: 'twice' }));
    await settled(['77 given back', '77 given back', '77 held']);
  });
});
