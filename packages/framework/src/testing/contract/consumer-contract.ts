import assert from 'node:assert/strict';
import { serviceContract } from '../../contracts/contract-of.js';
import type { PactInteraction } from '../../contracts/pact-file.js';
import type { FeignClientClass } from '../../model/feign-client.js';
import type { DomainEventBase, EventClass } from '../../model/domain-event.js';
import type { ServiceDefinition } from '../../model/service-definition.js';
import { temporaryFolder } from '../temporary-folder.js';
import { type CallExpectation, type OperationName, callInteractions } from './call-interaction.js';
import { lineDifference } from './line-difference.js';
import { type HandledMessage, type ReadExpectation, messageInteraction } from './message-interaction.js';
import { PactFolder, idOf, nameOf, textOf } from './pact-folder.js';

/** What is expected of one provider. */
interface Expectations {
  readonly consumer: { readonly name: string };
  readonly provider: { readonly name: string };
  readonly interactions: PactInteraction[];
}

export interface ContractOptions {
  /** The folder of the pacts, shared by all services: `new URL('./pacts/', import.meta.url)` in the module of the states. */
  readonly pacts: string | URL;
  /**
   * Whether pacts that differ are written instead of refused. Default: the environment variable `CONTRACTS` is `write`.
   */
  readonly write?: boolean;
}

/**
 * What a service expects of others: each test gives one message to its real handlers, or makes one call with its real client, and so
 * adds to the pacts with those others. What a message or an answer must look like comes from the schemas that the service declares.
 *
 * @example
 * const delivery = contract(deliveryService, { pacts });
 * afterAll(() => delivery.settle());
 *
 * it('a payment was approved: the drink is made', () =>
 *   delivery.reads(PaymentApproved, { given: states.payment['a payment was approved']() }, async ({ service, event }) =>
 *     expect(await service.stored(Delivery)).toMatchObject([{ orderId: event.orderId }])));
 */
export function contract(definition: ServiceDefinition, options: ContractOptions): ConsumerContract {
  return new ConsumerContract(definition, options);
}

export class ConsumerContract {
  readonly #byProvider = new Map<string, Expectations>();
  readonly #folder: PactFolder;
  /**
   * What the tests have shown: events as `event PaymentApproved`, whatever the version, and operations as `PaymentClient.approve`. From how many providers an event
   * comes, the declarations do not say; that one of them is shown no more, its committed pact does.
   */
  readonly #shown = new Set<string>();
  #hasFailed = false;

  constructor(
    private readonly definition: ServiceDefinition,
    private readonly options: ContractOptions,
  ) {
    this.#folder = new PactFolder(options.pacts);
  }

  /**
   * Expects an event of the provider that `given` names, and gives an example of it to the handlers of this service, which runs for the purpose. An event that
   * comes from several providers is shown once for each.
   * @param look looks at what came of it
   * @throws when no handler reads the event, or when it could not be handled
   */
  async reads<E extends DomainEventBase>(
    event: EventClass<E>,
    expectation: ReadExpectation<E>,
    look?: (handled: HandledMessage<E>) => Promise<unknown>,
  ): Promise<void> {
    await this.#add(expectation.given.provider, `event ${event.eventType}`, (dir) =>
      messageInteraction({ definition: this.definition, dir, event, expectation, look }),
    );
  }

  /**
   * Expects an operation of another service, and makes the call with the client of this service, which runs for the purpose. An operation with `undo` is
   * taken back too.
   * @param look looks at the answer
   */
  async calls<C extends FeignClientClass, K extends OperationName<C>>(
    client: C,
    operation: K,
    expectation: CallExpectation<C, K> = {},
    look?: (answer: Awaited<ReturnType<Extract<InstanceType<C>[K], (...args: never) => unknown>>>) => unknown,
  ): Promise<void> {
    const called = serviceContract(this.definition).calls.find(
      (one) => one.client === client.name && one.operation === operation,
    );
    assert.ok(called, `${this.definition.name} has no operation ${client.name}.${operation}`);
    await this.#add(called.service, `${client.name}.${operation}`, (dir) =>
      callInteractions({
        definition: this.definition,
        dir,
        client,
        called,
        expectation,
        look: look as never,
      }),
    );
  }

  /**
   * To be called after all tests. Every event that the service reads and every operation that it calls must have been shown, and the pacts must be the
   * committed ones.
   * @throws AssertionError with the difference
   */
  async settle(): Promise<void> {
    // a failed test says enough
    if (this.#hasFailed) return;
    const name = this.definition.name;
    const { reads, calls } = serviceContract(this.definition);
    const needed = [
      ...reads.map(({ eventType }) => `event ${eventType}`),
      ...calls.map(({ client, operation }) => `${client}.${operation}`),
    ];
    const missing = needed.filter((one) => !this.#shown.has(one));
    if (missing.length > 0)
      assert.fail(`${name} expects what no contract test shows: ${missing.join(', ')}. Add a test for each.`);
    const isWriting = this.options.write ?? process.env['CONTRACTS'] === 'write';
    const made = [...this.#byProvider.values()];
    if (isWriting) for (const pact of made) this.#folder.write(pact);
    const committed = this.#folder.read({ consumer: name });
    const differences = [
      ...made.flatMap((pact) => this.#difference(pact)),
      ...committed
        .filter((pact) => !made.some((one) => nameOf(one) === nameOf(pact)))
        .map(
          (pact) =>
            `${nameOf(pact)}: ${name} expects nothing of ${pact.provider.name} any more; delete the file`,
        ),
    ];
    if (differences.length > 0)
      assert.fail(
        `what ${name} expects is not what its pacts say; write them with CONTRACTS=write, and look at what changed\n\n${differences.join('\n\n')}\n`,
      );
  }

  #difference(pact: Expectations): string[] {
    const committed = this.#folder.text(pact);
    if (committed === undefined) return [`${nameOf(pact)}: is missing`];
    const now = textOf(pact);
    return committed === now ? [] : [`${nameOf(pact)}:\n${lineDifference(committed, now)}`];
  }

  async #add(
    provider: string,
    what: string,
    make: (dir: string) => Promise<readonly PactInteraction[]>,
  ): Promise<void> {
    using folder = temporaryFolder();
    try {
      const interactions = await make(folder.path);
      const known = this.#byProvider.get(provider) ?? this.#expectationsOf(provider);
      for (const one of interactions) {
        const twin = known.interactions.find((other) => idOf(other) === idOf(one));
        assert.ok(
          !twin,
          `${this.definition.name} expects ${one.description} of ${provider} twice; give one a description of its own`,
        );
        known.interactions.push(one);
      }
      this.#shown.add(what);
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  #expectationsOf(provider: string): Expectations {
    const made = { consumer: { name: this.definition.name }, provider: { name: provider }, interactions: [] };
    this.#byProvider.set(provider, made);
    return made;
  }
}
