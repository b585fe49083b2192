import { describe, expect, it } from 'vitest';
import { FaultPoints } from '../../src/testing/fault-points.js';

interface Calls {
  readonly write: readonly [text: string];
  readonly read: readonly [];
}

/** A port of two calls that notes down what was really done. */
class Notebook extends FaultPoints<Calls> {
  readonly written: string[] = [];

  write(text: string): Promise<void> {
    return this.around('write', [text], async () => void this.written.push(text));
  }

  read(): Promise<string[]> {
    return this.around('read', [], async () => this.written);
  }
}

const broken = new Error('broken');

describe('fault points', () => {
  it('as long as nothing is armed, calls are made', async () => {
    const notebook = new Notebook();
    await notebook.write('a');
    expect(await notebook.read()).toEqual(['a']);
  });

  it('a call that fails is not made; the next one is', async () => {
    const notebook = new Notebook();
    const { reached } = notebook.failNext('write', broken);
    await notebook.read();
    await expect(notebook.write('a')).rejects.toBe(broken);
    await reached;
    await notebook.write('b');
    expect(notebook.written).toEqual(['b']);
  });

  it('a call that fails afterwards was made', async () => {
    const notebook = new Notebook();
    notebook.failNext('write', broken, { after: true });
    await expect(notebook.write('a')).rejects.toBe(broken);
    expect(notebook.written).toEqual(['a']);
  });

  it('meets the how-manieth call that fits', async () => {
    const notebook = new Notebook();
    notebook.failNext('write', broken, { where: (text) => text.startsWith('b'), nth: 2 });
    await notebook.write('b1');
    await notebook.write('a1');
    await expect(notebook.write('b2')).rejects.toBe(broken);
    await notebook.write('b3');
    expect(notebook.written).toEqual(['b1', 'a1', 'b3']);
  });

  it('two that wait for the same call are met one after the other', async () => {
    const notebook = new Notebook();
    notebook.failNext('write', broken);
    notebook.failNext('write', new Error('broken again'));
    await expect(notebook.write('a')).rejects.toBe(broken);
    await expect(notebook.write('b')).rejects.toThrow('broken again');
    await notebook.write('c');
    expect(notebook.written).toEqual(['c']);
  });

  it('a call that is held waits until it is released, others pass', async () => {
    const notebook = new Notebook();
    const hold = notebook.holdNext('write');
    const held = notebook.write('a');
    await hold.reached;
    await notebook.write('b');
    expect(notebook.written).toEqual(['b']);
    hold.release();
    await held;
    expect(notebook.written).toEqual(['b', 'a']);
  });

  it('what was not met can be taken back', async () => {
    const notebook = new Notebook();
    notebook.failNext('write', broken);
    notebook.disarm();
    await notebook.write('a');
    expect(notebook.written).toEqual(['a']);
  });
});
