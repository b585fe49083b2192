import { describe, expect, it } from 'vitest';
import { NotFoundError, TooManyRowsError } from '../../src/kernel/errors/model-errors.js';
import type { Store } from '../../src/store/store.js';
import { openLab } from '../fixtures/lab.js';
import { Note, notebook, notes, takeNote } from '../fixtures/notebook.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

/** A notebook with notes `a`, `b`, `c` that have 1, 2, 3 stars. */
async function openNotebook(folder: string, wrapStore?: (store: Store) => Store) {
  const lab = await openLab(folder, notebook, { idle: true, ...(wrapStore && { wrapStore }) });
  await lab.run(() => void ['a', 'b', 'c'].map((text, index) => takeNote(text, { stars: index + 1 })));
  return lab;
}

describe('a repository in a unit of work', () => {
  it('gives the same instance for the same row, however it is found', async () => {
    using folder = temporaryFolder();
    await using lab = await openNotebook(folder.path);
    await lab.run(async () => {
      const [one, same] = await Promise.all([notes().find(1), notes().get(1)]);
      const [found] = await notes().findBy({ text: 'a' });
      const { content } = await notes().page({ text: 'a' });
      expect(one).toBeInstanceOf(Note);
      expect([same, found, content[0]].every((other) => other === one)).toBe(true);
    });
  });

  it('does not share instances with another unit of work', async () => {
    using folder = temporaryFolder();
    await using lab = await openNotebook(folder.path);
    const [one, other] = await Promise.all([lab.run(() => notes().get(1)), lab.run(() => notes().get(1))]);
    expect(one).not.toBe(other);
  });

  it('keeps to its own unit of work across await, beside others', async () => {
    using folder = temporaryFolder();
    await using lab = await openNotebook(folder.path);
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        lab.run(async () => {
          const note = takeNote(`side by side ${i}`);
          await notes().find(1);
          expect(await notes().findBy({ text: { startsWith: 'side' } })).toEqual([note]);
        }),
      ),
    );
    expect(await lab.rows('notes')).toHaveLength(23);
  });

  it('finds nothing where nothing is, and says what was asked for', async () => {
    using folder = temporaryFolder();
    await using lab = await openNotebook(folder.path);
    expect(await lab.run(() => notes().find(99))).toBeUndefined();
    const getting = lab.run(() => notes().get(99));
    await expect(getting).rejects.toThrow(NotFoundError);
    await expect(getting).rejects.toThrow('Note 99 does not exist');
  });

  it('finds by criteria what this unit added, changed and removed', async () => {
    using folder = temporaryFolder();
    await using lab = await openNotebook(folder.path);
    await lab.run(async () => {
      takeNote('new', { stars: 9 });
      (await notes().get(1)).stars = 8;
      (await notes().get(2)).stars = 0;
      notes().remove(await notes().get(3));
      const many = await notes().findBy({ stars: { gte: 2 } });
      expect(many.map(({ text }) => text)).toEqual(['a', 'new']);
      expect((await notes().findBy({})).map(({ text }) => text)).toEqual(['a', 'b', 'new']);
    });
  });

  it('gives the new ones behind the stored ones, which come by id', async () => {
    using folder = temporaryFolder();
    await using lab = await openNotebook(folder.path);
    await lab.run(async () => {
      takeNote('first');
      await notes().get(3);
      expect((await notes().findBy({})).map(({ text }) => text)).toEqual(['a', 'b', 'c', 'first']);
    });
  });

  it('finds what was removed no more', async () => {
    using folder = temporaryFolder();
    await using lab = await openNotebook(folder.path);
    await lab.run(async () => {
      notes().remove(await notes().get(1));
      expect(await notes().find(1)).toBeUndefined();
      await expect(notes().get(1)).rejects.toThrow(NotFoundError);
      expect(await notes().findBy({ text: 'a' })).toEqual([]);
      expect((await notes().page({})).content.map(({ text }) => text)).toEqual(['b', 'c']);
    });
    expect((await lab.rows('notes')).map(({ id }) => id)).toEqual([2, 3]);
  });

  it('takes back what was removed when it is added again before its hooks ran', async () => {
    using folder = temporaryFolder();
    await using lab = await openNotebook(folder.path);
    await lab.run(async () => {
      const note = await notes().get(1);
      notes().remove(note);
      notes().add(note);
      expect(await notes().find(1)).toBe(note);
    });
    expect(await lab.rows('notes')).toHaveLength(3);
  });

  it('forgets what was added and removed again', async () => {
    using folder = temporaryFolder();
    await using lab = await openNotebook(folder.path);
    await lab.run(() => notes().remove(takeNote('short-lived')));
    expect(await lab.rows('notes')).toHaveLength(3);
    expect((await lab.store.outbox.status()).pending).toBe(3);
  });

  it('refuses to remove what this unit of work does not know', async () => {
    using folder = temporaryFolder();
    await using lab = await openNotebook(folder.path);
    const stranger = await lab.run(() => notes().get(1));
    await expect(lab.run(() => notes().remove(stranger))).rejects.toThrow(
      'Note 1 was not read or added in this unit of work',
    );
  });

  it('gives pages of what is in the database', async () => {
    using folder = temporaryFolder();
    await using lab = await openNotebook(folder.path);
    await lab.run(async () => {
      takeNote('new');
      const page = await notes().page({ stars: { gt: 0 } }, 1, 2, [{ field: 'stars', direction: 'desc' }]);
      expect({ ...page, content: page.content.map(({ text }) => text) }).toEqual({
        content: ['a'],
        number: 1,
        size: 2,
        totalElements: 3,
        totalPages: 2,
      });
      expect(await notes().page({}, 0, 5_000)).toMatchObject({ size: 1_000, totalPages: 1 });
      expect(await notes().page({ stars: 77 })).toMatchObject({ content: [], size: 20, totalPages: 0 });
    });
  });

  it('refuses criteria that would fit more than was meant', async () => {
    using folder = temporaryFolder();
    await using lab = await openNotebook(folder.path);
    for (const criteria of [{ text: undefined }, { stars: { gte: undefined } }, { text: ['a'] }]) {
      await expect(lab.run(() => notes().findBy(criteria as never))).rejects.toThrow(TypeError);
    }
  });

  it('refuses to load a whole collection at once', async () => {
    using folder = temporaryFolder();
    const row = { version: 1, values: { text: 'x', stars: 0, code: null, seenAt: null, tags: [] } };
    const many = Array.from({ length: 10_001 }, (_, index) => ({ id: index + 1, ...row }));
    await using lab = await openNotebook(folder.path, (store) =>
      Object.assign(store, { select: () => Promise.resolve(many) }),
    );
    const finding = lab.run(() => notes().findBy({}));
    await expect(finding).rejects.toThrow(TooManyRowsError);
    await expect(finding).rejects.toThrow('more than 10000 notes fit');
  });

  it('brings every sort of value back as it was', async () => {
    using folder = temporaryFolder();
    await using lab = await openNotebook(folder.path);
    const seenAt = new Date('2026-11-21T11:49:29.123Z');
    const { id } = await lab.run(() => takeNote('ünï 😀', { seenAt, tags: ['x', 'y'], code: 'c' }));
    const note = await lab.run(() => notes().get(id));
    expect(Object.entries(note)).toEqual(
      Object.entries({ text: 'ünï 😀', stars: 0, code: 'c', seenAt, tags: ['x', 'y'] }),
    );
    expect('code' in (await lab.run(() => notes().get(1)))).toBe(false);
  });
});
