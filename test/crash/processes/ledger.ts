import { existsSync } from 'node:fs';
import {
  Aggregate,
  AggregateRoot,
  DomainError,
  DomainEvent,
  PolicyHandler,
  ReadModel,
  View,
  ViewHandler,
  Whenever,
  When,
  defineService,
  inject,
  repositoryOf,
} from '#framework/index';
import { z } from 'zod';
import { POISON } from '../poison.ts';
import { decorate } from './decorate.ts';
import { Sold } from './till.ts';

const book = z.object({ account: z.string(), sales: z.array(z.number().int()).default([]) });

export class Booked extends DomainEvent('Booked', z.object({ id: z.number().int(), account: z.string() }), {
  key: (e) => e.account,
}) {}

/** Its sales are appended, and so show what was handled twice, not at all, or out of order. */
export class Account extends AggregateRoot(book) {}
Aggregate({ collection: 'accounts', unique: ['account'] })(Account);

export class Bookkeeping {
  private readonly accounts = inject(repositoryOf(Account));

  async book({ id, account: name, amount }: Sold) {
    if (amount === POISON && !existsSync(process.env['MENDED'] ?? ''))
      throw new DomainError('nobody can book that');
    let [account] = await this.accounts.findBy({ account: name });
    if (!account) this.accounts.add((account = new Account({ account: name })));
    account.sales = [...account.sales, id];
    new Booked({ id, account: name }).publishAfterCommit();
  }
}
PolicyHandler({ id: 'bookkeeping' })(Bookkeeping);
decorate(Bookkeeping, 'book', Whenever(Sold));

export class Receipt extends AggregateRoot(z.object({ sale: z.number().int(), account: z.string() })) {}
Aggregate({ collection: 'receipts', unique: ['sale'] })(Receipt);

/** Refuses what it has done before: an event that comes again must not look like one that cannot be handled. */
export class Receipts {
  private readonly receipts = inject(repositoryOf(Receipt));

  async write({ id: sale, account }: Sold) {
    const before = await this.receipts.findBy({ sale });
    if (before.length > 0) throw new DomainError(`sale ${sale} has its receipt`);
    this.receipts.add(new Receipt({ sale, account }));
  }
}
PolicyHandler({ id: 'receipts' })(Receipts);
decorate(Receipts, 'write', Whenever(Sold));

export class Statement extends ReadModel(book.extend({ account: z.string().default('') })) {}
View({ collection: 'statements', unique: ['account'] })(Statement);

export class StatementView {
  sold({ id }: Sold, statement: Statement) {
    statement.sales = [...statement.sales, id];
  }
}
ViewHandler(Statement, { id: 'statements' })(StatementView);
decorate(StatementView, 'sold', When(Sold, { where: ({ account }) => ({ account }) }));

/** Books what was sold: by policies, of which one publishes and one is strict, and by a view. */
export const ledger = defineService({
  name: 'ledger',
  port: 0,
  aggregates: [Account, Receipt],
  events: [Booked],
  policies: [Bookkeeping, Receipts],
  views: [StatementView],
});
