import { rmSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { until } from '../cafe/until.ts';
import type { EngineChoice } from '../engines/engine-choice.ts';
import { auditBooks, booked, sell, sold, written } from './books.ts';
import { CrashLab } from './crash-lab.ts';
import type { HostProcess } from './host-process.ts';
import type { MatrixPoint } from './matrix-points.ts';
import { POISON } from './poison.ts';
import type { Death } from './protocol.ts';
import { paidOf, place, shopOf } from './shop-orders.ts';
import { whileSelling } from './while-selling.ts';

/** A till, a ledger and a shop on some engines, where one after the other is killed. */
export class CrashStage implements AsyncDisposable {
  readonly lab: CrashLab;
  #till!: HostProcess;
  #ledger!: HostProcess;
  #shop!: HostProcess;
  #poisoned = 0;

  private constructor(lab: CrashLab) {
    this.lab = lab;
  }

  static async open(choice: EngineChoice): Promise<CrashStage> {
    const stage = new CrashStage(await CrashLab.on(choice, 'till', 'ledger', 'order', 'payment'));
    try {
      [stage.#till, stage.#ledger, stage.#shop] = await Promise.all([
        stage.lab.start(['till']),
        stage.lab.start(['ledger'], { another: true }),
        stage.lab.start(['order', 'payment']),
      ]);
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Kills a process there, starts another one in its place, and goes through all books. */
  async play({ scene, death }: MatrixPoint): Promise<void> {
    if (scene === 'order') await this.#order(death);
    else if (scene === 'sale') await this.#sale(death);
    else if (scene === 'newcomer') await this.#newcomer(death);
    else if (scene === 'old owner') await this.#oldOwner(death);
    else if (scene === 'redrive') await this.#redrive(death);
    else await this.#rebuild(death);
    await this.audit();
  }

  async audit(): Promise<void> {
    await auditBooks(this.lab);
    const { orders, paid, placed } = await shopOf(this.lab);
    expect(placed, 'orders that were told of').toEqual(orders);
    expect(paid, 'orders that were paid').toEqual(orders);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.lab[Symbol.asyncDispose]();
  }

  async #order(death: Death): Promise<void> {
    await this.#place();
    const before = await paidOf(this.lab);
    await this.#shop.dieAt(death);
    await expect(this.#place()).rejects.toThrow('fetch failed');
    expect(await this.#shop.died()).toBe(`${death.side} ${death.point}`);
    // the call was made, and payment has committed: this is the moment that the case is about
    expect((await paidOf(this.lab)).length).toBeGreaterThan(before.length);
    this.#shop = await this.lab.start(['order', 'payment']);
    await this.#place();
  }

  #place(): Promise<number> {
    return place(this.lab, () => {});
  }

  async #sale(death: Death): Promise<void> {
    const victim = death.service === 'till' ? this.#till : this.#ledger;
    await victim.dieAt(death);
    await Promise.all(
      ['a', 'b'].map(async (account) => {
        for (let i = 0; i < 3; i++) await sell(this.lab, account);
      }),
    );
    expect(await victim.died()).toBe(`${death.side} ${death.point}`);
    if (victim === this.#till) this.#till = await this.lab.start(['till']);
    else this.#ledger = await this.lab.start(['ledger'], { another: true });
    await sell(this.lab, 'a');
  }

  async #newcomer(death: Death): Promise<void> {
    await whileSelling(this.lab, async () => {
      const newcomer = this.lab.spawn(['ledger'], { another: true, death });
      expect(await newcomer.died()).toBe(`${death.side} ${death.point}`);
    });
    expect(this.#ledger.isAlive).toBe(true);
  }

  async #oldOwner(death: Death): Promise<void> {
    await whileSelling(this.lab, async () => {
      await this.#ledger.dieAt(death);
      const newcomer = this.lab.spawn(['ledger'], { another: true });
      expect(await this.#ledger.died()).toBe(`${death.side} ${death.point}`);
      await newcomer.told('ready');
      this.#ledger = newcomer;
    });
  }

  async #redrive(death: Death): Promise<void> {
    const account = `poisoned ${++this.#poisoned}`;
    for (const amount of [1, POISON, 2, 3]) await sell(this.lab, account, amount);
    await booked(this.lab);
    expect(await this.lab.engines.count('ledger', 'skanu_parked')).toBe(3);
    writeFileSync(this.lab.mended, '');
    await this.#ledger.dieAt(death);
    expect(await this.#askToRedrive(account)).toBeUndefined();
    expect(await this.#ledger.died()).toBe(`${death.side} ${death.point}`);
    // what is sold now must wait behind what is still parked
    await sell(this.lab, account, 4);
    this.#ledger = await this.lab.start(['ledger'], { another: true });
    await booked(this.lab);
    expect(await this.#askToRedrive(account)).toMatchObject({ remaining: 0, failures: [] });
    rmSync(this.lab.mended);
  }

  async #rebuild(death: Death): Promise<void> {
    await sell(this.lab, 'a');
    await this.#ledger.dieAt(death);
    await this.#askToRebuild();
    await sell(this.lab, 'a');
    expect(await this.#ledger.died()).toBe(`${death.side} ${death.point}`);
    this.#ledger = await this.lab.start(['ledger'], { another: true });
    await sell(this.lab, 'a');
    // whatever is left of the rebuild, the view goes on
    await booked(this.lab);
    expect(await written(this.lab, 'statements')).toEqual(await sold(this.lab));
    // the one that died has it for as long as its lease lasts
    await until(
      () => this.#askToRebuild(),
      (status) => status === 202,
      20_000,
    );
    await until(
      () => this.#viewState(),
      (state) => state === 'done',
      20_000,
    );
  }

  /** The status of the answer; undefined when the ledger died over it. */
  async #askToRebuild(): Promise<number | undefined> {
    const url = `${this.#ledger.url('ledger')}/actuator/views/statements/rebuild`;
    try {
      return (await fetch(url, { method: 'POST' })).status;
    } catch {
      return undefined;
    }
  }

  async #viewState(): Promise<string> {
    const answer = await fetch(`${this.#ledger.url('ledger')}/actuator/views/statements`);
    return ((await answer.json()) as { state: string }).state;
  }

  /** Undefined when the ledger died over it. */
  async #askToRedrive(account: string): Promise<unknown> {
    const path = `/actuator/parked/bookkeeping/keys/${encodeURIComponent(account)}/redrive`;
    try {
      return await (await fetch(this.#ledger.url('ledger') + path, { method: 'POST' })).json();
    } catch {
      return undefined;
    }
  }
}
