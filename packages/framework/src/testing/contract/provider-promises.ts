import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PactFile, PactInteraction, PactMessage } from '../../contracts/pact-file.js';
import type { ServiceDefinition } from '../../model/service-definition.js';
import { startTestService } from '../service-harness.js';
import { temporaryFolder } from '../temporary-folder.js';
import type { TestService } from '../test-service.js';
import type { WireEvent } from '../harness/wire-event.js';
import { brokenPromise } from './broken-promise.js';
import { keptForm } from './form-body.js';
import { pactLibrary } from './pact-library.js';
import { PactFolder, textOf } from './pact-folder.js';
import { problemAnswered } from './problem-answered.js';
import type { StateHandlers } from './provider-states.js';
import { type KnownStates, reachStates } from './reach-states.js';

/** What a provider is verified in: it, and whatever it needs around it. */
export interface ProviderWorld extends AsyncDisposable {
  /** Where it listens. */
  readonly url: string;
  /** What it has published. */
  wire?(): Promise<readonly WireEvent[]>;
}

export interface ProviderOptions<World extends ProviderWorld, P> {
  /** The folder of the pacts. */
  readonly pacts: string | URL;
  /** The states that its consumers may ask for. */
  readonly states: P;
  /**
   * How it gets into each. What it publishes must come of its own aggregates and policies. A handler that resolves to an answer is held to it: 400 and above
   * fail the promise, with that answer. So return the last one.
   */
  readonly handlers: StateHandlers<P, World>;
  /** Starts it, anew for each promise. */
  readonly start: () => Promise<World>;
}

/** One promise of a provider to a consumer. */
export interface ProviderPromise {
  /** `delivery: PaymentApproved, given a payment was approved` */
  readonly title: string;
  /** Keeps it: starts the provider, brings it into the state, and lets Pact compare. @throws BrokenPromiseError that names consumer and field, and says what to do */
  verify(): Promise<void>;
}

/**
 * All that a provider has promised: the pacts of its consumers. A request goes to the real service; a message is what lies on the topic
 * after the state was reached: the bytes, the topic and the key with which it would travel.
 * @example
 * const promises = providerPromises('payment', { pacts, states: states.payment, start: () => startTestService(paymentService), handlers: {
 *   'a payment was approved': (payment, request) => payment.request('POST', '/payments', request),
 * } });
 * it.each(promises)('$title', (promise) => promise.verify());
 */
export function providerPromises<World extends ProviderWorld, P>(
  provider: string,
  options: ProviderOptions<World, P>,
): ProviderPromise[] {
  return new PactFolder(options.pacts).read({ provider }).flatMap((pact) =>
    pact.interactions.map((interaction) => ({
      title: titleOf(pact, interaction),
      verify: () => verify(pact, interaction, options),
    })),
  );
}

/** The same for a service that needs nothing around it. */
export function servicePromises<P>(
  definition: ServiceDefinition,
  options: Omit<ProviderOptions<TestService, P>, 'start'>,
): ProviderPromise[] {
  return providerPromises(definition.name, { ...options, start: () => startTestService(definition) });
}

function titleOf({ consumer }: PactFile, { description, providerStates = [] }: PactInteraction): string {
  const given = providerStates.map(({ name }) => `, given ${name}`).join('');
  return `${consumer.name}: ${description}${given}`;
}

async function verify<World extends ProviderWorld, P>(
  pact: PactFile,
  interaction: PactInteraction,
  { start, states, handlers }: ProviderOptions<World, P>,
): Promise<void> {
  await using world = await start();
  // the same without types: a pact knows only names
  await reachStates(pact, interaction, world, { schemas: states, handlers } as KnownStates<World>);
  using folder = temporaryFolder();
  const file = join(folder.path, 'pact.json');
  writeFileSync(file, textOf({ ...pact, interactions: [interaction] }));
  const { Verifier, providerWithMetadata } = await pactLibrary();
  const message =
    interaction.type === 'Asynchronous/Messages' ? await lastMessage(pact, interaction, world) : undefined;
  const reached = (interaction.providerStates ?? []).map(({ name }) => [name, async () => {}] as const);
  const verifier = new Verifier({
    provider: pact.provider.name,
    pactUrls: [file],
    logLevel: 'error',
    providerBaseUrl: world.url,
    requestFilter: keptForm(interaction),
    stateHandlers: Object.fromEntries(reached),
    ...(message && {
      messageProviders: {
        [interaction.description]: providerWithMetadata(async () => message.text, metadataOf(message)),
      },
    }),
  });
  try {
    await verifier.verifyProvider();
  } catch (error) {
    throw await brokenPromise(pact, interaction, error, (status) =>
      problemAnswered(world.url, interaction, status),
    );
  }
}

/** The event that the state has made it publish: the last one with that name. */
async function lastMessage(
  pact: PactFile,
  interaction: PactMessage,
  world: ProviderWorld,
): Promise<WireEvent> {
  const eventType = interaction.metadata?.['eventType'];
  const published = (await world.wire?.()) ?? [];
  const message = published.findLast((one) => namesOf(one).includes(eventType));
  const said = message && new Set(namesOf(message));
  if (said?.size === 1) return message!;
  const names = [...new Set(published.flatMap(namesOf))].join(', ') || 'nothing';
  const what = said
    ? `${[...said].join(' in the header ce_type, and ')} in the value of the same record`
    : `${names}, and no ${String(eventType)}`;
  throw await brokenPromise(pact, interaction, new Error(`${pact.provider.name} published ${what}`));
}

/** What a record is called: in the header, by which readers choose, though Java's write none; then in the value. */
function namesOf({ headers, json }: WireEvent): unknown[] {
  return [headers['ce_type'], json['eventType']].filter((name) => name !== undefined);
}

function metadataOf(message: WireEvent): Record<string, string> {
  const { topic, key, headers } = message;
  return {
    topic,
    eventType: String(namesOf(message)[0]),
    key: key ?? '',
    'content-type': headers['content-type'] ?? '',
  };
}
