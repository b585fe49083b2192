import { describe, expect, it } from 'vitest';
import { Circuit, type CircuitChange, type Verdict } from '../../src/runtime/remote/circuit.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

const OPTIONS = { failureRate: 0.5, windowMs: 10_000, minCalls: 10, openMs: 2_000, probes: 3 };

function circuitOf(options: Partial<typeof OPTIONS> = {}) {
  const clock = new ManualClock();
  const changes: CircuitChange[] = [];
  const circuit = new Circuit({ ...OPTIONS, ...options }, clock, (change) => changes.push(change));
  const call = (verdict: Verdict, times = 1) => {
    for (let i = 0; i < times; i++) circuit.enter()!(verdict);
  };
  return { clock, circuit, changes, call, states: () => changes.map(({ to }) => to) };
}

describe('a closed circuit', () => {
  it('opens when enough calls have failed, and says how many', () => {
    const { circuit, changes, call } = circuitOf();
    call('good', 5);
    call('bad', 4);
    expect(circuit.state).toBe('closed');
    call('bad');
    expect(circuit).toMatchObject({ state: 'open', openings: 1, calls: 10, failures: 5 });
    expect(changes).toEqual([{ to: 'open', calls: 10, failures: 5 }]);
  });

  it('does not open before it has seen enough calls, however many of them fail', () => {
    const { circuit, call } = circuitOf();
    call('bad', 9);
    expect(circuit.state).toBe('closed');
  });

  it('stays closed while fewer fail than the rate', () => {
    const { circuit, call } = circuitOf();
    for (let i = 0; i < 100; i++) call(i % 5 === 0 || i % 5 === 3 ? 'bad' : 'good');
    expect(circuit.state).toBe('closed');
  });

  it('forgets what is older than its window', async () => {
    const { circuit, clock, call } = circuitOf();
    call('bad', 9);
    await clock.advance(10_000);
    expect(circuit).toMatchObject({ calls: 0, failures: 0 });
    call('bad', 9);
    expect(circuit.state).toBe('closed');
  });

  it('does not count calls that say nothing', () => {
    const { circuit, call } = circuitOf();
    call('nothing', 50);
    expect(circuit).toMatchObject({ state: 'closed', calls: 0 });
  });

  it('counts a call once, however often it is told of', () => {
    const { circuit } = circuitOf();
    const passage = circuit.enter()!;
    passage('bad');
    passage('bad');
    expect(circuit.calls).toBe(1);
  });
});

describe('an open circuit', () => {
  it('lets nothing through until its time is over, and says for how long', async () => {
    const { circuit, clock, call } = circuitOf();
    call('bad', 10);
    await clock.advance(1_999);
    expect(circuit.enter()).toBeUndefined();
    expect(circuit).toMatchObject({ state: 'open', refused: 1, retryInMs: 1 });
    await clock.advance(1);
    expect(circuit.enter()).toBeDefined();
    expect(circuit.state).toBe('half open');
  });

  it('ignores what calls say that were let through before it opened', async () => {
    const { circuit, clock, call } = circuitOf();
    const [late, later] = [circuit.enter()!, circuit.enter()!];
    call('bad', 10);
    late('good');
    expect(circuit.state).toBe('open');
    await clock.advance(2_000);
    const probe = circuit.enter()!;
    later('bad');
    expect(circuit.state).toBe('half open');
    probe('good');
  });

  it('does not stay open because the clock was set back', () => {
    let now = 1e12;
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    const circuit = new Circuit(OPTIONS, clock, () => {});
    for (let i = 0; i < 10; i++) circuit.enter()!('bad');
    now -= 3_600_000;
    expect(circuit.enter()).toBeDefined();
  });
});

describe('a half open circuit', () => {
  async function halfOpen() {
    const opened = circuitOf();
    opened.call('bad', 10);
    await opened.clock.advance(2_000);
    return opened;
  }

  it('lets as many calls through at once as it has probes, and closes when all were good', async () => {
    const { circuit, states } = await halfOpen();
    const probes = [circuit.enter()!, circuit.enter()!, circuit.enter()!];
    expect(circuit.enter()).toBeUndefined();
    probes[0]!('good');
    // one that was good is not asked for again
    expect(circuit.enter()).toBeUndefined();
    probes[1]!('good');
    expect(circuit.state).toBe('half open');
    probes[2]!('good');
    expect(circuit).toMatchObject({ state: 'closed', calls: 0, failures: 0 });
    expect(states()).toEqual(['open', 'half open', 'closed']);
  });

  it('opens again at the first that fails, for the whole time', async () => {
    const { circuit, clock } = await halfOpen();
    const [first, second] = [circuit.enter()!, circuit.enter()!];
    first('bad');
    expect(circuit).toMatchObject({ state: 'open', openings: 2 });
    // what the other probe says is no news any more
    second('good');
    await clock.advance(1_999);
    expect(circuit.enter()).toBeUndefined();
    await clock.advance(1);
    expect(circuit.enter()).toBeDefined();
  });

  it('gives the place of a probe that says nothing to the next call', async () => {
    const { circuit, call } = await halfOpen();
    call('nothing', 20);
    expect(circuit.state).toBe('half open');
    call('good', 3);
    expect(circuit.state).toBe('closed');
  });
});

describe('a circuit that a person holds', () => {
  it('open lets nothing through, also after its time', async () => {
    const { circuit, clock } = circuitOf();
    circuit.force('open');
    await clock.advance(60_000);
    expect(circuit.enter()).toBeUndefined();
    expect(circuit).toMatchObject({ state: 'forced open', openings: 0, refused: 1 });
  });

  it('closed lets everything through, whatever fails', () => {
    const { circuit, call } = circuitOf();
    call('bad', 10);
    circuit.force('closed');
    call('bad', 100);
    expect(circuit).toMatchObject({ state: 'forced closed', calls: 100, failures: 100 });
  });

  it('begins anew when it is let go', () => {
    const { circuit, call, states } = circuitOf();
    circuit.force('closed');
    call('bad', 100);
    circuit.force('auto');
    call('bad', 9);
    expect(circuit.state).toBe('closed');
    call('bad');
    expect(states()).toEqual(['forced closed', 'closed', 'open']);
  });

  it('counts nothing that was let through before', () => {
    const { circuit } = circuitOf();
    const passage = circuit.enter()!;
    circuit.force('open');
    circuit.force('auto');
    passage('bad');
    expect(circuit.calls).toBe(0);
  });
});
