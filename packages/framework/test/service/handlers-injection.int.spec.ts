// tsyringe asks for it before anything else
import 'reflect-metadata';
import { inject as parameter, injectable } from 'tsyringe';
import { describe, expect, it } from 'vitest';
import { inject } from '../../src/model/ambient.js';
import { PolicyHandler, Whenever } from '../../src/model/policy-handler.js';
import { type Repository, repositoryOf } from '../../src/model/repository.js';
import { defineService } from '../../src/model/service-definition.js';
import type { SymbolToken } from '../../src/model/token.js';
import { openLab } from '../fixtures/lab.js';
import { Entry, Letter, filed, letter } from '../fixtures/office.js';
import { PaymentClient } from '../fixtures/payment-client.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const STAMP: SymbolToken<{ readonly text: string; used: number }> = Symbol('STAMP');

@PolicyHandler({ id: 'clerk' })
@injectable()
class InjectedClerk {
  /** Filled where fields are initialised, beside the parameters. */
  readonly client = inject(PaymentClient);

  constructor(
    @parameter(repositoryOf(Entry)) private readonly entries: Repository<Entry>,
    @parameter(STAMP) readonly stamp: { readonly text: string; used: number },
    readonly sameClient: PaymentClient,
  ) {}

  @Whenever(Letter)
  file({ from, no }: Letter) {
    const isSame = this.client === this.sameClient && this.stamp === inject(STAMP);
    this.entries.add(
      new Entry({ by: isSame ? this.stamp.text : 'nobody', from, no: no + this.stamp.used++ }),
    );
  }
}

const service = (name: string, text: string) =>
  defineService({
    name,
    port: 0,
    aggregates: [Entry],
    policies: [InjectedClerk],
    clients: [PaymentClient],
    providers: [{ provide: STAMP, useFactory: () => ({ text, used: 0 }) }],
  });
const environment = { PAYMENT_URL: 'http://payment' };

describe('a class of handlers', () => {
  it('gets what its constructor asks for, and is made once for its service', async () => {
    using folder = temporaryFolder();
    await using lab = await openLab(folder.path, service('shop', 'seen'), { environment });
    await lab.send(letter('a', 1), letter('a', 1_000));
    await lab.drained();
    expect(await filed(lab, 'seen')).toEqual(['a1', 'a1001']);
  });

  it('is another one in another service of the same process, with other things', async () => {
    using folder = temporaryFolder();
    await using shop = await openLab(folder.path, service('shop', 'shop'), { environment });
    await using bank = await openLab(folder.path, service('bank', 'bank'), { environment });
    await shop.send(letter('a', 1), letter('a', 1_000));
    await Promise.all([shop.drained(), bank.drained()]);
    expect(await filed(shop, 'shop')).toEqual(['a1', 'a1001']);
    expect(await filed(bank, 'bank')).toEqual(['a1', 'a1001']);
    expect([...(await shop.rows('entries')), ...(await bank.rows('entries'))]).toHaveLength(4);
  });
});
