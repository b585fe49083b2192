import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  DomainError,
  NoUnitOfWorkError,
  UndeclaredEventError,
} from '../../src/kernel/errors/model-errors.js';
import { UniqueViolationError, VersionConflictError } from '../../src/kernel/errors/store-errors.js';
import { Latch } from '../../src/kernel/latch.js';
import { inject } from '../../src/model/ambient.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { FeignClient } from '../../src/model/feign-client.js';
import { post } from '../../src/model/http-operation.js';
import { defineService } from '../../src/model/service-definition.js';
import { startStandIn } from '../../src/testing/stand-in-server.js';
import { openLab } from '../fixtures/lab.js';
import { NoteTaken, notebook, notes, takeNote } from '../fixtures/notebook.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

describe('a unit of work', () => {
  it('commits its changes and its events as one, events in their order', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, notebook, { idle: true });
    await lab.run(() => ['a', 'b', 'c'].map((text) => takeNote(text)));
    const entries = await lab.store.outbox.read({ entries: 10, bytes: 1_000_000 });
    expect(entries.map(({ key, value }) => [key, JSON.parse(value).text])).toEqual([
      ['1', 'a'],
      ['2', 'b'],
      ['3', 'c'],
    ]);
    expect(await lab.rows('notes')).toHaveLength(3);
  });

  it('that fails in its work leaves nothing, no row and no event', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, notebook, { idle: true });
    const working = lab.run(async () => {
      const note = takeNote('a');
      new NoteTaken({ id: 1, text: 'early', stars: 0 }).publishAfterCommit();
      await notes().findBy({});
      throw new DomainError(`no ${note.text}`);
    });
    await expect(working).rejects.toThrow('no a');
    expect(await lab.rows('notes')).toEqual([]);
    expect((await lab.store.outbox.status()).pending).toBe(0);
  });

  it('that is refused by the store leaves nothing, no row and no event', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, notebook, { idle: true });
    await lab.run(() => takeNote('a', { code: 'x' }));
    const working = lab.run(() => void [takeNote('b'), takeNote('c', { code: 'x' })]);
    await expect(working).rejects.toThrow(UniqueViolationError);
    expect(await lab.rows('notes')).toHaveLength(1);
    expect((await lab.store.outbox.status()).pending).toBe(1);
  });

  it('does not call the store where there is nothing to write', async () => {
    using folder = temporaryFolder();
    let commits = 0;
    await using lab = await openLab(folder.path, notebook, {
      idle: true,
      wrapStore: (store) => {
        const commit = store.commit.bind(store);
        return Object.assign(store, { commit: (plan: never) => (commits++, commit(plan)) });
      },
    });
    await lab.run(() => takeNote('a'));
    await lab.run(async () => void ((await notes().get(1)).text = 'a'));
    await lab.run(() => notes().findBy({}));
    expect(commits).toBe(1);
  });

  it('writes only what has changed', async () => {
    using folder = temporaryFolder();
    const plans: { changes: readonly { kind: string; values?: object }[] }[] = [];
    await using lab = await openLab(folder.path, notebook, {
      idle: true,
      wrapStore: (store) => {
        const commit = store.commit.bind(store);
        return Object.assign(store, { commit: (plan: never) => (plans.push(plan), commit(plan)) });
      },
    });
    await lab.run(() => takeNote('a', { tags: ['x'] }));
    await lab.run(async () => (await notes().get(1)).tags.push('y'));
    expect(plans[1]!.changes).toMatchObject([{ kind: 'update', values: { tags: ['x', 'y'] } }]);
    expect(Object.keys(plans[1]!.changes[0]!.values!)).toEqual(['tags']);
  });

  it('gives its instances the versions that they have in the database then', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, notebook, { idle: true });
    const note = await lab.run(() => takeNote('a'));
    expect(note).toMatchObject({ id: 1, version: 1 });
    const changed = await lab.run(async () => Object.assign(await notes().get(1), { text: 'b' }));
    expect(changed.version).toBe(2);
    const read = await lab.run(() => notes().get(1));
    expect(read.version).toBe(2);
    const removed = await lab.run(async () => (notes().remove(await notes().get(1)), notes().find(1)));
    expect(removed).toBeUndefined();
  });

  it('beside another on the same row: one is committed, the other gets a version conflict and leaves nothing', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, notebook, { idle: true });
    await lab.run(() => takeNote('a'));
    const bothHaveRead = new Latch();
    let readers = 0;
    const change = (text: string) =>
      lab.run(async () => {
        const note = await notes().get(1);
        if (++readers === 2) bothHaveRead.open();
        await bothHaveRead.opened;
        note.text = text;
      });
    const outcomes = await Promise.allSettled([change('b'), change('c')]);
    const lost = outcomes.filter((one) => one.status === 'rejected');
    expect(lost.map(({ reason }) => reason)).toEqual([expect.any(VersionConflictError)]);
    const won = outcomes[0].status === 'fulfilled' ? 'b' : 'c';
    expect(await lab.rows('notes')).toMatchObject([{ text: won, version: 2 }]);
    expect((await lab.store.outbox.status()).pending).toBe(2);
  });

  it('that changes what another has removed gets a version conflict', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, notebook, { idle: true });
    await lab.run(() => takeNote('a'));
    const removed = new Latch();
    const changing = lab.run(async () => {
      const note = await notes().get(1);
      await removed.opened;
      note.text = 'b';
    });
    await lab.run(async () => notes().remove(await notes().get(1)));
    removed.open();
    await expect(changing).rejects.toThrow(VersionConflictError);
  });

  it('may give a unique value from one that it removes to one that it adds', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, notebook, { idle: true });
    await lab.run(() => takeNote('old', { code: 'x' }));
    await lab.run(async () => {
      takeNote('new', { code: 'x' });
      notes().remove(await notes().get(1));
    });
    expect(await lab.rows('notes')).toMatchObject([{ text: 'new', code: 'x' }]);
  });

  it('that nobody wants any more is not committed', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, notebook, { idle: true });
    const given = new AbortController();
    const working = lab.run(
      () => {
        takeNote('too late');
        given.abort(new Error('the client has gone'));
      },
      { signal: given.signal },
    );
    await expect(working).rejects.toThrow('the client has gone');
    expect(await lab.rows('notes')).toEqual([]);
  });

  it('lets nothing be added to it by work that was not awaited', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, notebook, { idle: true });
    const ended = new Latch();
    let late!: Promise<unknown>;
    await lab.run(() => {
      takeNote('a');
      late = Promise.all(
        [
          () => takeNote('b'),
          () => notes().find(1),
          () => notes().findBy({}),
          () => notes().page({}),
          () => new NoteTaken({ id: 9, text: 'x', stars: 0 }).publishAfterCommit(),
        ].map(async (use) => {
          await ended.opened;
          await expect((async () => use())()).rejects.toThrow(NoUnitOfWorkError);
        }),
      );
    });
    ended.open();
    await late;
    expect(await lab.rows('notes')).toHaveLength(1);
    expect((await lab.store.outbox.status()).pending).toBe(1);
  });

  it('refuses an event that the service does not declare, where it is published', async () => {
    class Secret extends DomainEvent('Secret', z.object({ id: z.int() }), { key: (e) => e.id }) {}
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, notebook, { idle: true });
    const working = lab.run(() => {
      takeNote('a');
      new Secret({ id: 1 }).publishAfterCommit();
    });
    await expect(working).rejects.toThrow(UndeclaredEventError);
    expect(await lab.rows('notes')).toEqual([]);
  });
});

describe('a remote call in a unit of work', () => {
  @FeignClient({ name: 'checker', timeoutMs: 5_000 })
  class Checker {
    readonly check = post('/checks', { body: z.object({ text: z.string() }) });
  }
  const checked = defineService({ ...notebook, clients: [Checker] });

  it('holds no transaction: others write meanwhile', async () => {
    using folder = temporaryFolder();
    await using checker = await startStandIn();
    const [asked, mayAnswer] = [new Latch(), new Latch()];
    checker.answers(async () => {
      asked.open();
      await mayAnswer.opened;
      return { status: 204 };
    });
    await using lab = await openLab(folder.path, checked, {
      idle: true,
      environment: { CHECKER_URL: checker.url },
    });
    const slow = lab.run(async () => {
      takeNote('slow');
      await notes().findBy({});
      await inject(Checker).check({ text: 'slow' });
    });
    await asked.opened;
    await lab.run(() => takeNote('quick'));
    expect((await lab.rows('notes')).map(({ text }) => text)).toEqual(['quick']);
    mayAnswer.open();
    await slow;
    expect(await lab.rows('notes')).toHaveLength(2);
  });
});
