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
} from '../../../packages/framework/src/index.ts';
import { z } from 'zod';
import { POISON } from '../poison.ts';
import { Sold } from './till.ts';

const book = z.object({ account: z.string(), sales: z.array(z.number().int()).default([]) });

export class Booked extends DomainEvent('Booked', z.object({ id: z.number().int(), account: z.string() }), {
  key: (e) => e.account,
}) {}

/** Its sales are appended, and so show what was handled twice, not at all, or out of order. */
@Aggregate({ collection: 'accounts', unique: ['account'] })
export class Account extends AggregateRoot(book) {}

@PolicyHandler({ id: 'bookkeeping' })
export class Bookkeeping {
  private readonly accounts = inject(repositoryOf(Account));

  @Whenever(Sold)
  async book({ id, account: name, amount }: Sold) {
    if (amount === POISON && !existsSync(process.env['MENDED'] ?? ''))
      throw new DomainError('nobody can book that');
    let [account] = await this.accounts.findBy({ account: name });
    if (!account) this.accounts.add((account = new Account({ account: name })));
    account.sales = [...account.sales, id];
    new Booked({ id, account: name }).publishAfterCommit();
  }
}

@Aggregate({ collection: 'receipts', unique: ['sale'] })
export class Receipt extends AggregateRoot(z.object({ sale: z.number().int(), account: z.string() })) {}

/** Refuses what it has done before: an event that comes again must not look like one that cannot be handled. */
@PolicyHandler({ id: 'receipts' })
export class Receipts {
  private readonly receipts = inject(repositoryOf(Receipt));

  @Whenever(Sold)
  async write({ id: sale, account }: Sold) {
    const before = await this.receipts.findBy({ sale });
    if (before.length > 0) throw new DomainError(`sale ${sale} has its receipt`);
    this.receipts.add(new Receipt({ sale, account }));
  }
}

@View({ collection: 'statements', indexes: ['account'] })
export class Statement extends ReadModel(book.extend({ account: z.string().default('') })) {}

@ViewHandler(Statement, { id: 'statements' })
export class StatementView {
  @When(Sold, { where: ({ account }) => ({ account }) })
  sold({ id }: Sold, statement: Statement) {
    statement.sales = [...statement.sales, id];
  }
}

/** Books what was sold: by policies, of which one publishes and one is strict, and by a view. */
export const ledger = defineService({
  name: 'ledger',
  port: 0,
  aggregates: [Account, Receipt],
  events: [Booked],
  policies: [Bookkeeping, Receipts],
  views: [StatementView],
});
