import { performance } from 'node:perf_hooks';
import { Agent } from 'undici';
import { SkanuError } from '../../kernel/errors/skanu-error.js';
import { RemoteBadAnswerError } from '../../kernel/errors/remote-errors.js';
import { ambient } from '../../model/ambient.js';
import { coerced } from '../../model/coercion.js';
import {
  type FeignClientClass,
  type FeignClientOptions,
  feignClientNote,
  operationsOf,
} from '../../model/feign-client.js';
import { fieldErrors } from '../../model/field-errors.js';
import type { OperationNote } from '../../model/http-operation.js';
import type { Instruments } from '../instruments.js';
import { traceparentOf } from '../trace-context.js';
import { UnitOfWork } from '../unit-of-work.js';
import { exchange } from './exchange.js';
import { type RequestTemplate, requestTemplate } from './request-template.js';

const DEFAULT_TIMEOUT_MS = 1_000;
/** The most connections to one service, and the most bytes of an answer. */
const MAX_CONNECTIONS = 64;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** Sooner than a service that stops closes idle connections: no call shall meet one that is just being closed. */
const KEEP_ALIVE_MS = 1_000;

/** Makes the clients of a service work. One pool of connections serves them all. */
export class RemoteCaller {
  readonly #agent = new Agent({
    connections: MAX_CONNECTIONS,
    maxResponseSize: MAX_ANSWER_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connect: { timeout: 10_000 },
  });

  constructor(private readonly instruments: Instruments) {}

  /** An instance of a client class whose operations call `baseUrl`. */
  wired(clientClass: FeignClientClass, baseUrl: string): object {
    const client = new clientClass();
    const note = feignClientNote.of(clientClass)!;
    for (const [field, operation] of operationsOf(client)) {
      const call = this.#wire(`${note.name}.${field}`, note, operation, baseUrl, field);
      Object.defineProperty(client, field, { value: call, enumerable: true });
    }
    return client;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #wire(name: string, note: FeignClientOptions, operation: OperationNote, baseUrl: string, field: string) {
    const template = requestTemplate(name, operation, baseUrl);
    return async (...args: unknown[]): Promise<unknown> => {
      const begin = performance.now();
      let outcome = 'OK';
      try {
        return await this.#call(name, template, operation, note.timeoutMs ?? DEFAULT_TIMEOUT_MS, args);
      } catch (error) {
        outcome = error instanceof SkanuError ? error.code : 'ERROR';
        throw error;
      } finally {
        this.instruments.called(note.name, field, outcome, (performance.now() - begin) / 1000);
      }
    };
  }

  /** One call. Whatever is to stand around it (bulkhead, breaker, retries) wraps this and nothing else. */
  async #call(
    name: string,
    template: RequestTemplate,
    operation: OperationNote,
    timeoutMs: number,
    args: readonly unknown[],
  ): Promise<unknown> {
    const { request, options } = template(args);
    const unit = ambient.getStore()?.unit;
    const origin = unit instanceof UnitOfWork ? unit.origin : undefined;
    const answer = await exchange({
      operation: name,
      dispatcher: this.#agent,
      ...request,
      headers: {
        ...request.headers,
        ...(origin && { traceparent: traceparentOf(origin.trace), 'x-correlation-id': origin.correlationId }),
      },
      timeoutMs: options.timeoutMs ?? timeoutMs,
      signals: [options.signal, origin?.signal].filter((signal) => signal !== undefined),
      expectsBody: operation.returns !== undefined,
    });
    return operation.returns && checkedAnswer(name, operation, answer);
  }
}

function checkedAnswer(name: string, { returns }: OperationNote, json: unknown): unknown {
  const parsed = returns!.safeParse(coerced(returns!, json));
  if (parsed.success) return parsed.data;
  const errors = fieldErrors(parsed.error).map(({ pointer, detail }) => `${pointer || '/'}: ${detail}`);
  throw new RemoteBadAnswerError(name, errors.join('; '));
}
