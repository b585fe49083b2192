import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contract, ServiceContract } from '../contracts/service-contract.js';
import { foreignEvents } from '../contracts/wiring/foreign-asyncapi.js';
import { foreignOpenApi } from '../contracts/wiring/foreign-openapi.js';
import type { PublishedBy } from '../contracts/wiring/published-by.js';
import { ConfigurationError } from '../kernel/errors/start-errors.js';

const EVENTS = '.asyncapi.json';

/** What is known of services that are not among the modules. */
export interface Outside {
  /** With the APIs of those that are called. What they publish stands beside them. */
  readonly services: readonly ServiceContract[];
  readonly publishes: readonly PublishedBy[];
}

/**
 * What is known of services that are not among the modules, where somebody has put their documents into the folder of contracts: the OpenAPI documents of
 * those that are called, and all AsyncAPI documents when anything is read. @throws ConfigurationError when one is there and cannot be read
 */
export async function outsideContracts(
  contracts: readonly Contract[],
  known: readonly string[],
  folder: string,
): Promise<Outside> {
  const needed = contracts.flatMap((one) => (one.kind === 'gateway' ? one.routes : one.calls));
  const called = new Set(needed.map(({ service }) => service).filter((name) => !known.includes(name)));
  const reads = contracts.some((one) => one.kind === 'service' && one.reads.length > 0);
  const publishers = reads ? await publishersIn(join(folder, 'events'), known) : [];
  const services = await Promise.all([...called].map((name) => apiOf(name, folder)));
  const publishes = await Promise.all(publishers.map((name) => eventsOf(name, folder)));
  return { services: services.filter((one) => one !== undefined), publishes: publishes.flat() };
}

async function apiOf(service: string, folder: string): Promise<ServiceContract | undefined> {
  const file = join(folder, 'http', `${service}.openapi.json`);
  const content = await jsonIn(file, 'OpenAPI');
  if (content === undefined) return undefined;
  const openApi = foreignOpenApi(content, file);
  const { version } = openApi.info;
  return { kind: 'service', service, version, publishes: [], reads: [], calls: [], openApi };
}

async function eventsOf(publisher: string, folder: string): Promise<PublishedBy[]> {
  const file = join(folder, 'events', `${publisher}${EVENTS}`);
  return foreignEvents(await jsonIn(file, 'AsyncAPI'), file).map((event) => ({ ...event, publisher }));
}

async function publishersIn(folder: string, known: readonly string[]): Promise<string[]> {
  const files = await orAbsent(readdir(folder));
  return (files ?? [])
    .filter((file) => file.endsWith(EVENTS))
    .map((file) => file.slice(0, -EVENTS.length))
    .filter((name) => !known.includes(name))
    .toSorted();
}

/** Undefined: there is none. */
async function jsonIn(file: string, kind: string): Promise<unknown> {
  try {
    const text = await orAbsent(readFile(file, 'utf8'));
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    throw new ConfigurationError(
      `${file} is no ${kind} document`,
      'Write it anew, or take it away: what cannot be checked is a note then.',
      error,
    );
  }
}

async function orAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
