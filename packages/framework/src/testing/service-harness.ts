import { join } from 'node:path';
import { EmbeddedBroker } from '../broker/embedded/embedded-broker.js';
import { systemClock } from '../kernel/clock.js';
import type { ServiceDefinition } from '../model/service-definition.js';
import type { Environment } from '../service/settings.js';
import { type RunInside, type StartOptions, startService } from '../service/start-service.js';
import { EngineTaps } from './harness/engine-taps.js';
import { LogLines } from './harness/log-lines.js';
import { TestPublisher } from './harness/test-publisher.js';
import { TopicObserver } from './harness/topic-observer.js';
import { temporaryFolder } from './temporary-folder.js';
import { TestService } from './test-service.js';

/** What a test may set of a service that it starts. */
export interface TestServiceOptions extends Pick<StartOptions, 'clock' | 'engines'> {
  /**
   * Where its data is. Services with the same folder hear each other: `{ folder: other.folder }`. Default: a new one, removed
   * when the service is disposed of.
   */
  readonly folder?: string;
  /** Settings by name, such as `PAYMENT_URL`. The environment of the process is not read. */
  readonly settings?: Environment;
}

/**
 * Starts a service for a test: in this process, on the embedded engine, on a free port. It is the service as it would run, with real
 * HTTP, a real database and a real log of events; the test asks it over HTTP and puts events of other services on the topic.
 * Start those that share a folder after the one that owns it, so that they end before it.
 *
 * @example
 * await using delivery = await startTestService(deliveryService);
 *
 * await delivery.given(new PaymentApproved({ id: 7, orderId: 1, product: 'tea', qty: 2 }));
 * const [cancelled] = await delivery.when(new PaymentCancelled({ id: 7, orderId: 1, status: 'PaymentCancelled' }));
 *
 * expect(cancelled.json).toMatchObject({ eventType: 'DeliveryCancelled', orderId: 1 });
 * expect(await delivery.stored(Delivery)).toMatchObject([{ id: 1, status: 'DeliveryCancelled' }]);
 *
 * @throws what `startService` throws; nothing is left then
 */
export async function startTestService(
  definition: ServiceDefinition,
  options: TestServiceOptions = {},
): Promise<TestService> {
  // what was opened is closed from the last to the first: when the service is disposed of, or when its start fails
  await using opened = new AsyncDisposableStack();
  const folder = options.folder ?? opened.use(temporaryFolder()).path;
  const topic = options.settings?.['TOPIC'] ?? definition.topic;
  const taps = new EngineTaps(options.engines);
  const log = new LogLines();
  let inside: RunInside | undefined;

  const running = await startService(definition, {
    environment: {
      PORT: '0',
      DATA_DIR: folder,
      LOG_FORMAT: 'json',
      SHUTDOWN_LINGER_MS: '0',
      ...options.settings,
    },
    engines: taps.engines,
    inside: (run) => (inside = run),
    log,
    ...(options.clock && { clock: options.clock }),
  });
  opened.defer(() => running.stop());
  const broker = new EmbeddedBroker({
    path: join(folder, 'events.db'),
    clock: systemClock,
    random: Math.random,
  });
  await broker.open();
  opened.defer(() => broker.close());

  const observer = await TopicObserver.of(broker, topic);
  const publisher = new TestPublisher(broker, topic);
  // it was given before the service was running
  const parts = { running, folder, taps, log, observer, publisher, inside: inside! };
  return new TestService({ ...parts, opened: opened.move() });
}
