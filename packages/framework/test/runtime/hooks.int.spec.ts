import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  DomainError,
  HooksDoNotSettleError,
  InvalidStateError,
} from '../../src/kernel/errors/model-errors.js';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { inject } from '../../src/model/ambient.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import {
  PostPersist,
  PostRemove,
  PostUpdate,
  PrePersist,
  PreRemove,
  PreUpdate,
} from '../../src/model/lifecycle-hooks.js';
import { repositoryOf } from '../../src/model/repository.js';
import { defineService } from '../../src/model/service-definition.js';
import { openLab } from '../fixtures/lab.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

/** What happened, in order. */
const journal: string[] = [];
/** What a task does in a hook, for a test to say. */
let inHook: (hook: string, task: Task) => unknown = () => {};

class TaskGone extends DomainEvent('TaskGone', z.object({ id: z.int() }), { key: (e) => e.id }) {}

@Aggregate({ collection: 'tasks' })
class Task extends AggregateRoot(
  z.object({ title: z.string().trim().min(1), done: z.boolean().default(false), count: z.int().default(0) }),
) {
  async #saw(hook: string) {
    const { id, title } = this;
    const what = (['title', 'done', 'count'] as const).filter((field) => this.changed(field));
    journal.push(`${hook} ${id} ${title} changed ${what.join()}`);
    await inHook(hook, this);
  }
  @PrePersist() prePersist() {
    return this.#saw('PrePersist');
  }
  @PostPersist() postPersist() {
    return this.#saw('PostPersist');
  }
  @PreUpdate() preUpdate() {
    return this.#saw('PreUpdate');
  }
  @PostUpdate() postUpdate() {
    return this.#saw('PostUpdate');
  }
  @PreRemove() preRemove() {
    return this.#saw('PreRemove');
  }
  @PostRemove() async postRemove() {
    await this.#saw('PostRemove');
    new TaskGone(this).publishAfterCommit();
  }
}

const tasks = () => inject(repositoryOf(Task));
const add = (title: string) => {
  const task = new Task({ title });
  tasks().add(task);
  return task;
};
const definition = defineService({ name: 'tasks', port: 0, aggregates: [Task], events: [TaskGone] });

beforeEach(() => {
  journal.length = 0;
  inHook = () => {};
});

async function openTasks(folder: string) {
  const lab = await openLab(folder, definition, { idle: true });
  await lab.run(() => void add('first'));
  journal.length = 0;
  return lab;
}

describe('the hooks of an aggregate', () => {
  it('run in their order, each knowing what has changed', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, definition, { idle: true });
    await lab.run(() => void add('tea'));
    await lab.run(async () => void ((await tasks().get(1)).done = true));
    await lab.run(async () => tasks().remove(await tasks().get(1)));
    expect(journal).toEqual([
      'PrePersist 1 tea changed title,done,count',
      'PostPersist 1 tea changed title,done,count',
      'PreUpdate 1 tea changed done',
      'PostUpdate 1 tea changed done',
      'PreRemove 1 tea changed ',
      'PostRemove 1 tea changed ',
    ]);
  });

  it('do not run for what was only read, or set to what it was', async () => {
    using folder = temporaryFolder();
    await using lab = await openTasks(folder.path);
    await lab.run(async () => {
      const task = await tasks().get(1);
      task.title = 'second';
      task.title = 'first';
    });
    expect(journal).toEqual([]);
    expect(await lab.rows('tasks')).toMatchObject([{ version: 1 }]);
  });

  it('may set fields before the state is checked: what they set is stored', async () => {
    using folder = temporaryFolder();
    await using lab = await openTasks(folder.path);
    inHook = (hook, task) => hook === 'PreUpdate' && (task.title = ' third ');
    await lab.run(async () => void ((await tasks().get(1)).title = ''));
    expect(await lab.rows('tasks')).toMatchObject([{ title: 'third', version: 2 }]);
  });

  it('that change their own aggregate afterwards have another round, and one update is written', async () => {
    using folder = temporaryFolder();
    await using lab = await openTasks(folder.path);
    inHook = (hook, task) => hook === 'PostUpdate' && task.count < 3 && task.count++;
    await lab.run(async () => void ((await tasks().get(1)).done = true));
    expect(journal).toEqual([
      'PreUpdate 1 first changed done',
      'PostUpdate 1 first changed done',
      ...Array.from({ length: 3 }, () => [
        'PreUpdate 1 first changed count',
        'PostUpdate 1 first changed count',
      ]).flat(),
    ]);
    expect(await lab.rows('tasks')).toMatchObject([{ done: true, count: 3, version: 2 }]);
  });

  it('may add, change and remove others, whose hooks run too, all in one commit', async () => {
    using folder = temporaryFolder();
    await using lab = await openTasks(folder.path);
    await lab.run(() => void add('other'));
    inHook = async (hook, task) => {
      if (hook === 'PostPersist' && task.title === 'new') {
        (await tasks().get(1)).count = 7;
        tasks().remove(await tasks().get(2));
        add('newest');
      }
    };
    journal.length = 0;
    await lab.run(() => void add('new'));
    expect(journal.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'PrePersist 3 new',
      'PostPersist 3 new',
      'PreUpdate 1 first',
      'PostUpdate 1 first',
      'PreRemove 2 other',
      'PostRemove 2 other',
      'PrePersist 4 newest',
      'PostPersist 4 newest',
    ]);
    expect((await lab.rows('tasks')).map(({ title, count }) => [title, count])).toEqual([
      ['first', 7],
      ['new', 0],
      ['newest', 0],
    ]);
  });

  it('of one that another hook removed before its turn do not run', async () => {
    using folder = temporaryFolder();
    await using lab = await openTasks(folder.path);
    await lab.run(() => {
      const [, two] = [add('one'), add('two')];
      inHook = (hook, task) => hook === 'PostPersist' && task.title === 'one' && tasks().remove(two);
    });
    expect(journal.filter((line) => line.includes('two'))).toEqual([]);
    expect((await lab.rows('tasks')).map(({ title }) => title)).toEqual(['first', 'one']);
    expect((await lab.store.outbox.status()).pending).toBe(0);
  });

  it('of one that another hook changed back before its turn do not run', async () => {
    using folder = temporaryFolder();
    await using lab = await openTasks(folder.path);
    await lab.run(async () => {
      add('one');
      const first = await tasks().get(1);
      first.count = 5;
      inHook = (hook, task) => hook === 'PostPersist' && task.title === 'one' && (first.count = 0);
    });
    expect(journal.filter((line) => line.includes('first'))).toEqual([]);
  });

  it('may remove their own aggregate before it was ever there', async () => {
    using folder = temporaryFolder();
    await using lab = await openTasks(folder.path);
    inHook = (hook, task) => hook === 'PrePersist' && tasks().remove(task);
    await lab.run(() => void add('unwanted'));
    expect(journal).toEqual(['PrePersist 2 unwanted changed title,done,count']);
    expect(await lab.rows('tasks')).toHaveLength(1);
    expect((await lab.store.outbox.status()).pending).toBe(0);
  });

  it('may remove their own aggregate when it changes', async () => {
    using folder = temporaryFolder();
    await using lab = await openTasks(folder.path);
    inHook = (hook, task) => hook === 'PreUpdate' && tasks().remove(task);
    await lab.run(async () => void ((await tasks().get(1)).done = true));
    expect(journal.map((line) => line.split(' ')[0])).toEqual(['PreUpdate', 'PreRemove', 'PostRemove']);
    expect(await lab.rows('tasks')).toEqual([]);
    expect((await lab.store.outbox.status()).pending).toBe(1);
  });

  it('that have run for a removal do not let it be taken back', async () => {
    using folder = temporaryFolder();
    await using lab = await openTasks(folder.path);
    inHook = (hook, task) => hook === 'PostRemove' && tasks().add(task);
    const removing = lab.run(async () => tasks().remove(await tasks().get(1)));
    await expect(removing).rejects.toThrow('Task 1 was removed in this unit of work, and its hooks have run');
    expect(await lab.rows('tasks')).toHaveLength(1);
  });

  it('that never settle are an error that names the aggregate, and nothing is written', async () => {
    using folder = temporaryFolder();
    await using lab = await openTasks(folder.path);
    inHook = (hook, task) => hook === 'PostUpdate' && task.count++;
    const changing = lab.run(async () => void ((await tasks().get(1)).done = true));
    await expect(changing).rejects.toThrow(HooksDoNotSettleError);
    await expect(changing).rejects.toThrow(
      'after 20 rounds of hooks there are still new changes (last: Task 1)',
    );
    expect(await lab.rows('tasks')).toMatchObject([{ done: false, count: 0, version: 1 }]);
  });

  it.each(['PrePersist', 'PostPersist', 'PreUpdate', 'PostUpdate', 'PreRemove', 'PostRemove'])(
    'that throw leave nothing behind: %s',
    async (broken) => {
      using folder = temporaryFolder();
      await using lab = await openTasks(folder.path);
      await lab.run(() => void add('second'));
      inHook = (hook) => {
        if (hook === broken) throw new DomainError('not now');
      };
      const working = lab.run(async () => {
        add('third');
        (await tasks().get(1)).done = true;
        tasks().remove(await tasks().get(2));
      });
      await expect(working).rejects.toThrow(DomainError);
      expect(await lab.rows('tasks')).toMatchObject([
        { title: 'first', done: false, version: 1 },
        { title: 'second', version: 1 },
      ]);
      expect((await lab.store.outbox.status()).pending).toBe(0);
    },
  );

  it('see the state that breaks the schema refused before they can tell of it', async () => {
    using folder = temporaryFolder();
    await using lab = await openTasks(folder.path);
    const changing = lab.run(async () => void ((await tasks().get(1)).title = ''));
    await expect(changing).rejects.toThrow(InvalidStateError);
    await expect(changing).rejects.toThrow(/^Task 1 would break its schema: \/title/);
    expect(journal).toEqual(['PreUpdate 1  changed title']);
  });
});
