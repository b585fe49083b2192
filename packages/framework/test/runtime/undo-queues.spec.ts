import { describe, expect, it } from 'vitest';
import { Latch } from '../../src/kernel/latch.js';
import { UndoQueues } from '../../src/runtime/remote/undo-queues.js';

const call = (operation: string, id: number) => ({
  id: `${operation} ${id}`,
  operation,
  attempts: 0,
  begunAt: 0,
  reason: null,
});

/** Queues whose undos of `bank` never end until the latch opens; those of others end at once. */
function queues() {
  const begun: string[] = [];
  const gate = new Latch();
  const all = new UndoQueues(async ({ id, operation }) => {
    begun.push(id);
    if (operation.startsWith('bank.')) await gate.opened;
  });
  return { all, begun, gate };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('calls that are to be undone', () => {
  it('of one client do not wait for those of another', async () => {
    const { all, begun } = queues();
    for (let id = 0; id < 500; id++) all.add(call('bank.hold', id));
    all.add(call('stock.take', 1));
    await settled();
    expect(begun).toHaveLength(9);
    expect(begun).toContain('stock.take 1');
  });

  it('are undone 8 of a client at once, one after the other in their order', async () => {
    const { all, begun, gate } = queues();
    for (let id = 0; id < 20; id++) all.add(call('bank.hold', id));
    expect(begun).toHaveLength(8);
    gate.open();
    await settled();
    expect(begun).toEqual(Array.from({ length: 20 }, (_, id) => `bank.hold ${id}`));
  });

  it('are taken once while they are here, and again afterwards', async () => {
    const { all, begun } = queues();
    all.add(call('bank.hold', 1));
    all.add(call('bank.hold', 1));
    all.add(call('stock.take', 1));
    await settled();
    all.add(call('stock.take', 1));
    expect(begun).toEqual(['bank.hold 1', 'stock.take 1', 'stock.take 1']);
  });

  it('do not pile up: what is too much comes again later', async () => {
    const { all, begun, gate } = queues();
    for (let id = 0; id < 1_000; id++) all.add(call('bank.hold', id));
    gate.open();
    await settled();
    expect(begun).toHaveLength(208);
  });

  it('that wait are dropped when it stops, and those under way end first', async () => {
    const { all, begun, gate } = queues();
    for (let id = 0; id < 20; id++) all.add(call('bank.hold', id));
    let isStopped = false;
    const stopping = all.stop().then(() => (isStopped = true));
    await settled();
    expect(isStopped).toBe(false);
    gate.open();
    await stopping;
    expect(begun).toHaveLength(8);
  });
});
