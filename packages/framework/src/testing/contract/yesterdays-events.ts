import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { serviceContract } from '../../contracts/contract-of.js';
import type { ServiceDefinition } from '../../model/service-definition.js';
import { fromWireName } from '../../model/wire-name.js';
import type { Environment } from '../../service/settings.js';
import type { RawRecord } from '../harness/test-publisher.js';
import { startTestService } from '../service-harness.js';
import type { TestService } from '../test-service.js';
import { assertReached } from './assert-reached.js';
import { folderPath } from './folder-path.js';
import { parkedReasons } from './parked-reasons.js';

export interface SampleOptions {
  /** The folder of the samples, which `skanu contracts release` writes: `{service}/{event}.json`. A path or a `file:` URL. */
  readonly samples: string | URL;
  /** Settings of the service. */
  readonly settings?: Environment;
  /** Brings the service to where the events find it, where handlers need an earlier row. It runs before each. */
  readonly before?: (service: TestService) => Promise<unknown>;
}

/** An event as it travelled when its version was released. */
export interface YesterdaysEvent {
  /** `payment: PaymentApproved` */
  readonly title: string;
  /** Gives it to today's handlers. @throws AssertionError when they cannot handle it */
  readonly replay: () => Promise<void>;
}

/**
 * The samples of all released events that a service reads, in every version that it can read: newer ones are passed over.
 * @throws Error when there is no such folder
 * @example it.each(yesterdaysEvents(deliveryService, { samples }))('$title', ({ replay }) => replay());
 */
export function yesterdaysEvents(definition: ServiceDefinition, options: SampleOptions): YesterdaysEvent[] {
  const folder = folderPath(options.samples);
  const reads = new Map(
    serviceContract(definition).reads.map(({ eventType, version }) => [eventType, version]),
  );
  return pathsIn(folder)
    .filter((path) => path.endsWith('.json'))
    .toSorted()
    .map((path) => ({ path, name: nameOf(path) }))
    .filter(({ name }) => {
      const { eventType, version } = fromWireName(name);
      // what nobody hears proves nothing
      return version <= (reads.get(eventType) ?? 0);
    })
    .map(({ path, name }) => ({
      title: `${path.split(/[/\\]/)[0]}: ${name}`,
      replay: () => replay(definition, join(folder, path), options),
    }));
}

function pathsIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    throw new Error(
      `there are no samples of released events in ${folder}; "skanu contracts release" writes them`,
      { cause: error },
    );
  }
}

/** What the event is called on the wire; characters that no file may have are escaped. */
function nameOf(path: string): string {
  return decodeURIComponent(path.replace(/^.*[/\\]/, '').slice(0, -'.json'.length));
}

async function replay(
  definition: ServiceDefinition,
  file: string,
  { settings = {}, before }: SampleOptions,
): Promise<void> {
  const record = JSON.parse(readFileSync(file, 'utf8')) as RawRecord;
  await using service = await startTestService(definition, { settings });
  await assertReached(`what ${definition.name} is to be in before`, await before?.(service), service.url);
  await service.given(record);
  const parked = await parkedReasons(service.url);
  assert.ok(
    parked.length === 0,
    `${definition.name} cannot handle ${file} any more: ${parked.join('; ')}. An upcaster, or a less strict schema, is needed, or an earlier row: "before".`,
  );
}
