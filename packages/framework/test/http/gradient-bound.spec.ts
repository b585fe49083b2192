import { describe, expect, it } from 'vitest';
import { GradientBound } from '../../src/http/load/gradient-bound.js';
import { RequestSlots } from '../../src/http/load/request-slots.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

const TICK_MS = 10;

/** Clients that keep asking a service, tick by tick; it takes `serviceMs` for each request, and works on `workers` at once. */
class Simulation {
  readonly clock = new ManualClock();
  readonly bound = new GradientBound(this.clock);
  readonly #slots = new RequestSlots(this.bound, this.clock);
  #queue: { readonly end: () => void; leftMs: number }[] = [];
  serviceMs = 50;
  workers = 1_000;
  /** Beside each request comes one that waits this long for another service. */
  neighbourMs: number | undefined;
  refused = 0;

  async run(ms: number, offeredPerTick: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += TICK_MS) {
      for (let i = 0; i < offeredPerTick; i++) {
        this.#arrive(this.serviceMs, false);
        if (this.neighbourMs !== undefined) this.#arrive(this.neighbourMs, true);
      }
      await this.clock.advance(TICK_MS);
      for (const request of this.#queue.slice(0, this.workers)) request.leftMs -= TICK_MS;
      for (const request of this.#queue) if (request.leftMs <= 0) request.end();
      this.#queue = this.#queue.filter(({ leftMs }) => leftMs > 0);
    }
  }

  #arrive(serviceMs: number, hasCalled: boolean): void {
    const slot = this.#slots.take();
    if (!slot) {
      this.refused++;
      return;
    }
    const worked = slot.working();
    const end = () => {
      worked({ hasFailed: false, hasCalled });
      slot.closed();
    };
    this.#queue.push({ end, leftMs: serviceMs });
  }
}

describe('the adaptive bound', () => {
  it('begins with 100', () => {
    expect(new GradientBound(new ManualClock()).limit).toBe(100);
  });

  it('grows to 1,000 while requests are as quick as usual and more are wanted', async () => {
    const simulation = new Simulation();
    await simulation.run(120_000, 250);
    expect(simulation.bound.limit).toBe(1_000);
  });

  it('shrinks when latency triples, never below 10, and comes back when that is over', async () => {
    const simulation = new Simulation();
    await simulation.run(20_000, 60);
    const before = simulation.bound.limit;
    expect(before).toBeGreaterThan(200);
    simulation.serviceMs = 150;
    await simulation.run(5_000, 60);
    expect(simulation.bound.limit).toBeLessThan(before / 4);
    expect(simulation.bound.limit).toBeGreaterThanOrEqual(10);
    simulation.serviceMs = 50;
    await simulation.run(20_000, 60);
    expect(simulation.bound.limit).toBeGreaterThan(before * 0.9);
  });

  it('keeps a queue from building up: what it takes is about as much as can be worked on', async () => {
    const simulation = new Simulation();
    // learnt while there was little to do
    simulation.workers = 20;
    await simulation.run(5_000, 1);
    // twice as much as it can do
    await simulation.run(120_000, 8);
    expect(simulation.bound.limit).toBeLessThan(60);
    expect(simulation.bound.limit).toBeGreaterThan(20);
    expect(simulation.refused).toBeGreaterThan(0);
  });

  it('stays where it is while nobody comes near it', async () => {
    const simulation = new Simulation();
    await simulation.run(10_000, 1);
    simulation.serviceMs = 150;
    await simulation.run(10_000, 1);
    expect(simulation.bound.limit).toBe(100);
  });

  it('learns nothing from quick refusals, but from failures that took long', async () => {
    const clock = new ManualClock();
    const bound = new GradientBound(clock);
    const learn = async (ms: number, hasFailed: boolean) => {
      for (let i = 0; i < 400; i++) {
        await clock.advance(TICK_MS);
        bound.learn({ ms, underWay: bound.limit, hasFailed, hasCalled: false });
      }
      return bound.limit;
    };
    const usual = await learn(50, false);
    expect(await learn(1, true)).toBe(usual);
    expect(await learn(600, true)).toBeLessThan(usual / 2);
  });

  it('refuses nothing when another service becomes slow that other requests wait for', async () => {
    const simulation = new Simulation();
    simulation.serviceMs = 10;
    simulation.neighbourMs = 20;
    await simulation.run(20_000, 1);
    simulation.neighbourMs = 600;
    await simulation.run(30_000, 1);
    expect(simulation.refused).toBe(0);
    expect(simulation.bound.limit).toBeGreaterThanOrEqual(100);
  });

  it('forgets soon what it has learnt while it was cold', async () => {
    const simulation = new Simulation();
    simulation.serviceMs = 1_000;
    await simulation.run(5_000, 60);
    simulation.serviceMs = 50;
    await simulation.run(20_000, 60);
    const warm = simulation.bound.limit;
    simulation.serviceMs = 150;
    await simulation.run(5_000, 60);
    expect(simulation.bound.limit).toBeLessThan(warm / 2);
  });
});
