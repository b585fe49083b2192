// Three ways to sell something that is paid elsewhere: the payment is kept come what may; it is undone unless the sale is committed; the
// sale is saved as pending first, and once more when it is paid.
import {
  Aggregate,
  AggregateRoot,
  Command,
  FeignClient,
  PostPersist,
  Undo,
  defineService,
  inject,
  post,
} from '#framework/index';
import { z } from 'zod';

@Aggregate({ collection: 'holds' })
class Hold extends AggregateRoot(
  z.object({ sale: z.number().int(), state: z.enum(['held', 'given back']).default('held') }),
) {
  @Undo()
  giveBack() {
    this.state = 'given back';
  }
}

const hold = { body: z.object({ sale: z.number().int() }), returns: z.object({ id: z.number().int() }) };

@FeignClient({ name: 'bank', timeoutMs: 5_000 })
class BankClient {
  readonly hold = post('/holds', hold);
  readonly holdOrUndo = post('/holds', { ...hold, undo: true });
}

const sale = z.object({ what: z.string(), state: z.enum(['pending', 'sold']).default('pending') });

@Aggregate({ collection: 'plain' })
class PlainSale extends AggregateRoot(sale) {
  @PostPersist()
  async pay() {
    await inject(BankClient).hold({ sale: this.id });
  }
}

@Aggregate({ collection: 'undone' })
class UndoneSale extends AggregateRoot(sale) {
  @PostPersist()
  async pay() {
    await inject(BankClient).holdOrUndo({ sale: this.id });
  }
}

/** Its first commit is a request of its own; the second one pays and confirms. */
@Aggregate({ collection: 'pending' })
class PendingSale extends AggregateRoot(sale) {
  @Command('PUT', 'pay')
  async pay() {
    await inject(BankClient).hold({ sale: this.id });
    this.state = 'sold';
  }
}

export const bank = defineService({ name: 'bank', port: 0, topic: 'bench', aggregates: [Hold] });
export const shop = defineService({
  name: 'shop',
  port: 0,
  topic: 'bench',
  aggregates: [PlainSale, UndoneSale, PendingSale],
  clients: [BankClient],
});
