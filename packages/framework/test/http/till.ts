import { z } from 'zod';
import { DomainError } from '../../src/kernel/errors/model-errors.js';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { Command } from '../../src/model/command.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { PostPersist } from '../../src/model/lifecycle-hooks.js';
import { defineService } from '../../src/model/service-definition.js';
import { Undo } from '../../src/model/undo.js';

export class Paid extends DomainEvent('Paid', z.object({ id: z.int() }), { key: (e) => e.id }) {}

/** What happens in the middle of making and undoing a payment. Each test sets it anew. */
export const during: { pay: () => unknown; undo: () => unknown } = { pay: () => {}, undo: () => {} };

export function newRules(): void {
  during.pay = during.undo = () => {};
}

@Aggregate({ collection: 'payments' })
export class Payment extends AggregateRoot(
  z.object({
    orderId: z.int(),
    status: z.enum(['approved', 'cancelled', 'settled']).default('approved'),
    reminders: z.int().default(0),
  }),
) {
  @PostPersist()
  async paid() {
    new Paid(this).publishAfterCommit();
    await during.pay();
  }

  @Undo()
  async cancel() {
    await during.undo();
    if (this.status === 'settled') throw new DomainError(`payment ${this.id} is settled`);
    this.status = 'cancelled';
  }

  @Command('POST', 'remind')
  remind() {
    this.reminders++;
  }
}

/** Nothing undoes it. */
@Aggregate({ collection: 'notes' })
export class Note extends AggregateRoot(z.object({ text: z.string() })) {}

/** Takes payments from services that repeat their requests, and take them back. */
export const till = defineService({ name: 'till', port: 0, aggregates: [Payment, Note], events: [Paid] });
