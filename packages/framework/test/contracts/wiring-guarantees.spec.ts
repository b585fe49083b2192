import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serviceContract } from '../../src/contracts/contract-of.js';
import type { ServiceContract } from '../../src/contracts/service-contract.js';
import { guaranteesOf } from '../../src/contracts/wiring/guarantees.js';
import { backoffMs } from '../../src/kernel/backoff.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { PolicyHandler, Whenever } from '../../src/model/policy-handler.js';
import { defineService } from '../../src/model/service-definition.js';
import { ReadModel, View, ViewHandler, When } from '../../src/model/view-handler.js';
import { Attempts, longestWaitsMs } from '../../src/runtime/consumer/attempts.js';

const lending = z.object({ id: z.number().int(), shelf: z.string(), row: z.number().int() });

class Lent extends DomainEvent('Lent', lending, { key: (e) => `${e.shelf}/${e.row}` }) {}
class Returned extends DomainEvent('Returned', lending, { key: (e) => e.id }) {}
class Closed extends DomainEvent('Closed', lending, { key: () => 'all' }) {}

@PolicyHandler({ attempts: 9 })
class Reminders {
  @Whenever(Lent)
  remind() {}
}

@PolicyHandler({ attempts: 1 })
class Cleaning {
  @Whenever(Closed)
  clean() {}
}

@View({ collection: 'shelves', unique: [['shelf']] })
class Shelf extends ReadModel(z.object({ shelf: z.string().default(''), books: z.number().default(0) })) {}

@ViewHandler(Shelf)
class ShelfView {
  @When(Lent, { where: (e) => ({ shelf: e.shelf }) })
  lent() {}
  @When(Returned, { id: (e) => e.id })
  returned() {}
}

const library = defineService({
  name: 'library',
  port: 0,
  topic: 'books',
  policies: [Reminders, Cleaning],
  views: [ShelfView],
});

describe('what a handler can count on', () => {
  it('is one line for each method and event, with its own numbers', () => {
    expect(guaranteesOf(library).map(({ line }) => line)).toEqual([
      'Reminders.remind: Lent (books): at least once delivery, one effect, in order of shelf and row, 9 attempts with up to 16.3 s of waits, then its key is parked',
      'ShelfView.lent: Lent (books): at least once delivery, one effect on the rows of shelves that are found by shelf, made if there is none, in order of shelf and row, 5 attempts with up to 1.5 s of waits, then its key is parked',
      'Cleaning.clean: Closed (books): at least once delivery, one effect, in order of a key that cannot be told, 1 attempt, then its key is parked',
      'ShelfView.returned: Returned (books): at least once delivery, one effect on one row of shelves, found by id, in order of id, 5 attempts with up to 1.5 s of waits, then its key is parked',
    ]);
  });

  it('the order is that of whoever publishes, where that is known', () => {
    class LentThere extends DomainEvent('Lent', lending, { key: (e) => e.id }) {}
    const [one, other] = [LentThere, Lent].map((event, place) =>
      serviceContract(defineService({ name: `press${place}`, port: 0, topic: 'books', events: [event] })),
    );
    const order = (...publishers: (typeof one)[]) =>
      guaranteesOf(library, publishers as ServiceContract[])[0]!.orderedBy;
    expect(order(one)).toEqual(['id']);
    expect(order(one, other)).toEqual(['shelf', 'row']);
    expect(order()).toEqual(['shelf', 'row']);
  });

  it('the waits are those of the consumer, at their longest', () => {
    for (const most of [1, 2, 5, 9]) {
      const attempts = new Attempts(most, () => 1 - Number.EPSILON);
      let waits = 0;
      let failures = 0;
      for (let ms: number | undefined = 0; ms !== undefined; failures++) {
        ms = attempts.waitMsAfter(new Error('it fails'));
        waits += ms ?? 0;
      }
      expect([failures, waits]).toEqual([most, longestWaitsMs(most)]);
    }
    expect(backoffMs({ baseMs: 100, capMs: 5_000 }, 1, () => 1)).toBe(longestWaitsMs(2));
  });
});
