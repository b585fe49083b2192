import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Latch } from '../../src/kernel/latch.js';
import { KeyLanes } from '../../src/runtime/consumer/key-lanes.js';
import { seededRandom } from '../../src/testing/seeded-random.js';

const never = new AbortController().signal;

describe('key lanes', () => {
  it('run the tasks of a lane one after the other, in their order', async () => {
    const lanes = new KeyLanes(4);
    const random = seededRandom(7);
    const seen: string[] = [];
    const running = new Set<string>();
    const ended = Array.from({ length: 60 }, (_, number) => {
      const lane = `lane${number % 5}`;
      const { promise, resolve } = Promise.withResolvers<void>();
      lanes.add(lane, async () => {
        expect(running.has(lane)).toBe(false);
        running.add(lane);
        for (let turns = Math.floor(random() * 4); turns > 0; turns--) await turn();
        running.delete(lane);
        seen.push(`${lane} ${number}`);
        resolve();
      });
      return promise;
    });
    await Promise.all(ended);
    for (let lane = 0; lane < 5; lane++) {
      const own = seen
        .filter((line) => line.startsWith(`lane${lane} `))
        .map((line) => Number(line.split(' ')[1]));
      expect(own).toEqual(own.toSorted((a, b) => a - b));
      expect(own).toHaveLength(12);
    }
  });

  it('run different lanes side by side, never more than the limit', async () => {
    const lanes = new KeyLanes(3);
    const gate = new Latch();
    let most = 0;
    const ended = Array.from({ length: 10 }, (_, number) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      lanes.add(`lane${number}`, async () => {
        most = Math.max(most, lanes.running);
        await gate.opened;
        resolve();
      });
      return promise;
    });
    await turn();
    expect(lanes.running).toBe(3);
    gate.open();
    await Promise.all(ended);
    await turn();
    expect({ most, running: lanes.running }).toEqual({ most: 3, running: 0 });
  });

  it('give the place of a task that pauses to another lane, not to its own', async () => {
    const lanes = new KeyLanes(1);
    const [mayGoOn, otherRan] = [new Latch(), new Latch()];
    const order: string[] = [];
    lanes.add('a', async (pause) => {
      order.push('a1 begins');
      await pause(() => mayGoOn.opened, never);
      order.push('a1 ends');
    });
    const last = new Promise<void>((resolve) => {
      lanes.add('a', async () => {
        order.push('a2');
        resolve();
      });
    });
    lanes.add('b', async () => {
      order.push('b1');
      otherRan.open();
    });
    await otherRan.opened;
    expect(order).toEqual(['a1 begins', 'b1']);
    mayGoOn.open();
    await last;
    expect(order).toEqual(['a1 begins', 'b1', 'a1 ends', 'a2']);
  });

  it('keep to the limit when many that paused go on at once', async () => {
    const lanes = new KeyLanes(2);
    const outageIsOver = new Latch();
    let most = 0;
    const ended = Array.from({ length: 20 }, (_, number) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      lanes.add(`lane${number}`, async (pause) => {
        await pause(() => outageIsOver.opened, never);
        most = Math.max(most, lanes.running);
        await turn();
        most = Math.max(most, lanes.running);
        resolve();
      });
      return promise;
    });
    await turn();
    outageIsOver.open();
    await Promise.all(ended);
    await turn();
    expect({ most, running: lanes.running }).toEqual({ most: 2, running: 0 });
  });

  it('let one that has paused go on before lanes that have not begun', async () => {
    const lanes = new KeyLanes(1);
    const [mayGoOn, busy, wentOn] = [new Latch(), new Latch(), new Latch()];
    const order: string[] = [];
    lanes.add('paused', async (pause) => {
      await pause(() => mayGoOn.opened, never);
      order.push('paused');
      wentOn.open();
    });
    lanes.add('busy', () => busy.opened);
    for (let number = 0; number < 5; number++) lanes.add(`new${number}`, async () => void order.push('new'));
    mayGoOn.open();
    await turn();
    busy.open();
    await wentOn.opened;
    expect(order).toEqual(['paused']);
  });

  it('let one that only has to end do so beyond the limit', async () => {
    const lanes = new KeyLanes(1);
    const [hangs, ended] = [new Latch(), new Latch()];
    const given = new AbortController();
    lanes.add('paused', async (pause) => {
      await pause(async () => {}, given.signal);
      ended.open();
    });
    lanes.add('hangs', () => hangs.opened);
    await turn();
    expect(ended.isOpen).toBe(false);
    given.abort();
    await ended.opened;
    hangs.open();
    await turn();
    expect(lanes.running).toBe(0);
  });

  it('serve lanes in turn, so that a long one does not keep the others waiting', async () => {
    const lanes = new KeyLanes(1);
    const order: string[] = [];
    const done = new Latch();
    for (let number = 0; number < 3; number++) lanes.add('long', async () => void order.push('long'));
    lanes.add('short', async () => void order.push('short'));
    lanes.add('last', async () => done.open());
    await done.opened;
    expect(order.slice(0, 2)).toEqual(['long', 'short']);
  });
});
