import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import {
  CircuitOpenError,
  DeadlineExceededError,
  InterceptorError,
  RemoteCallAbortedError,
  RemoteTimeoutError,
} from '../../kernel/errors/remote-errors.js';
import { InvalidInputError, NoUnitOfWorkError } from '../../kernel/errors/model-errors.js';
import { SkanuError } from '../../kernel/errors/skanu-error.js';
import { unlessAborted } from '../../kernel/unless-aborted.js';
import { ambient } from '../../model/ambient.js';
import type { CallOptions, OperationNote } from '../../model/http-operation.js';
import type { Origin } from '../origin.js';
import { traceparentOf } from '../trace-context.js';
import { UnitOfWork } from '../unit-of-work.js';
import { Bulkhead, type Leave } from './bulkhead.js';
import { CallLimit } from './call-limit.js';
import { verdictOf } from './call-verdict.js';
import { checkedAnswer } from './checked-answer.js';
import { Circuit, type Verdict } from './circuit.js';
import { logCircuit } from './circuit-log.js';
import type { ClientLink } from './client-link.js';
import type { OperationState } from './client-states.js';
import { remainingMs } from './deadline-header.js';
import { LastErrors } from './last-errors.js';
import type { OperationSettings } from './operation-settings.js';
import { type RemoteRequest, requestTemplate } from './request-template.js';
import { Retries } from './retries.js';
import type { Target } from './targets.js';
import { wasBegun } from './unsent.js';

/** What the other side takes for a key. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** Errors that no fallback hides. */
const NO_OUTAGES = [RemoteCallAbortedError, InvalidInputError, InterceptorError, NoUnitOfWorkError];

/** One call on its way. */
interface Call {
  readonly request: RemoteRequest;
  readonly options: CallOptions;
  readonly unit: UnitOfWork | undefined;
}

export interface OperationCallOptions {
  readonly client: string;
  /** Its field in the client class. */
  readonly field: string;
  readonly note: OperationNote;
  readonly settings: OperationSettings;
  readonly link: ClientLink;
}

/**
 * An operation of another service, and all that stands between it and its callers. From the outside in: its fallback, the time that there is, its circuit, its
 * bulkhead, the intent to undo it, its attempts. What is refused on the way costs nothing: nothing is written and nothing sent.
 *
 * A call keeps its place in the bulkhead while it waits for another attempt: what is bounded is the work that is begun, and not the sockets.
 */
export class OperationCall {
  /** `payment.approve` */
  readonly name: string;
  readonly #template;
  readonly #circuit: Circuit | undefined;
  readonly #bulkhead: Bulkhead;
  readonly #retries: Retries;
  readonly #errors = new LastErrors();

  constructor(private readonly options: OperationCallOptions) {
    const { client, field, note, settings, link } = options;
    const { clock, random, logger, targets, budget, instruments } = link.options;
    this.name = `${client}.${field}`;
    this.#template = requestTemplate(this.name, note);
    const { circuit } = settings;
    this.#circuit = circuit ? new Circuit(circuit, clock, logCircuit(logger, this.name, circuit)) : undefined;
    this.#bulkhead = new Bulkhead(this.name, settings.bulkhead, clock);
    const retried = () => instruments.retried(client, field);
    this.#retries = new Retries({ retry: settings.retry, targets, budget, clock, random, retried });
  }

  get state(): OperationState {
    const circuit = this.#circuit;
    return {
      operation: this.name,
      circuit: circuit?.state ?? 'none',
      calls: circuit?.calls ?? 0,
      failures: circuit?.failures ?? 0,
      refused: circuit?.refused ?? 0,
      openings: circuit?.openings ?? 0,
      running: this.#bulkhead.running,
      waiting: this.#bulkhead.waiting,
      lastErrors: this.#errors.all,
    };
  }

  /** Undefined: it has none. */
  get circuit(): Circuit | undefined {
    return this.#circuit;
  }

  /** Calls it, and measures that. */
  async call(args: readonly unknown[]): Promise<unknown> {
    const { client, field, link } = this.options;
    const begin = performance.now();
    let outcome = 'OK';
    try {
      return await this.#orFallback(args, () => (outcome = 'FALLBACK'));
    } catch (error) {
      outcome = error instanceof SkanuError ? error.code : 'ERROR';
      throw error;
    } finally {
      link.options.instruments.called(client, field, outcome, (performance.now() - begin) / 1000);
    }
  }

  async #orFallback(args: readonly unknown[], fellBack: () => void): Promise<unknown> {
    const { request, options } = this.#template(args);
    const { idempotencyKey } = options;
    if (idempotencyKey !== undefined && !KEY.test(idempotencyKey))
      throw new InvalidInputError(`the idempotencyKey of ${this.name}`, [
        { pointer: '', detail: 'is not 1 to 255 visible ASCII characters' },
      ]);
    const running = ambient.getStore()?.unit;
    const unit = running instanceof UnitOfWork ? running : undefined;
    unit?.origin.called?.add(this.name);
    try {
      return await this.#throughCircuit({ request, options, unit });
    } catch (error) {
      const { fallback } = this.options.note;
      // an answer is of no use to a caller that has gone, and a mistake of ours must be seen
      if (!fallback || NO_OUTAGES.some((one) => error instanceof one)) throw error;
      const answer = await fallback(error, ...args);
      unit?.origin.fallbacks?.add(this.name);
      fellBack();
      return answer;
    }
  }

  async #throughCircuit(call: Call): Promise<unknown> {
    const { settings, link } = this.options;
    const { clock } = link.options;
    const origin = call.unit?.origin;
    const limitMs = remainingMs(origin, clock, call.options.timeoutMs ?? settings.timeoutMs);
    const signals = [call.options.signal, origin?.signal].filter((signal) => signal !== undefined);
    const gone = signals.find(({ aborted }) => aborted);
    if (gone) throw new RemoteCallAbortedError(this.name, gone.reason);
    if (limitMs <= 0) throw new DeadlineExceededError(this.name);

    const passage = this.#circuit?.enter();
    if (this.#circuit && !passage) throw new CircuitOpenError(this.name, this.#circuit.retryInMs);
    let verdict: Verdict = 'nothing';
    let isFair = false;
    try {
      const { name: operation } = this;
      using limit = new CallLimit({ operation, limitMs, usualMs: settings.timeoutMs, clock, signals });
      const { answer, isSlow } = await this.#inBulkhead(call, limit, () => {
        isFair = limit.isFair;
      });
      verdict = isSlow ? 'bad' : 'good';
      return answer;
    } catch (error) {
      verdict = verdictOf(error, isFair);
      throw error;
    } finally {
      // whatever happens: a probe that is never told of would be waited for
      passage?.(verdict);
    }
  }

  /** @param asking told when all that comes before the first attempt is done: what that took is not the other service's time */
  async #inBulkhead(call: Call, limit: CallLimit, asking: () => void): Promise<Answered> {
    const { note, link } = this.options;
    const leave = await this.#place(limit);
    try {
      const key = await this.#key(call, limit);
      const headers = {
        ...call.request.headers,
        ...headersOf(call.unit?.origin),
        ...(key && { 'idempotency-key': key }),
      };
      const request = { ...call.request, headers };
      asking();
      return await this.#attempts(request, limit, (wasSent) => {
        if (key && call.unit && note.undoPath !== undefined)
          link.options.undoing.failed(key, call.unit, wasSent);
      });
    } finally {
      leave();
    }
  }

  /** @param failed told when there is no answer, with whether the other service may have begun anything */
  async #attempts(
    request: RemoteRequest,
    limit: CallLimit,
    failed: (wasSent: boolean) => void,
  ): Promise<Answered> {
    let wasSent = false;
    try {
      return await this.#retries.run(limit, async (target) => {
        try {
          return await this.#attempt(request, limit, target);
        } catch (error) {
          wasSent ||= wasBegun(error);
          throw error;
        }
      });
    } catch (error) {
      failed(wasSent);
      throw error;
    }
  }

  async #place({ signal }: CallLimit): Promise<Leave> {
    try {
      return await this.#bulkhead.enter(signal);
    } catch (error) {
      throw this.#notBegun(error);
    }
  }

  /** What the other service knows the call by; undefined for one that changes nothing. */
  async #key(call: Call, { signal }: CallLimit): Promise<string | undefined> {
    const { note, link } = this.options;
    if (note.method === 'GET' || note.method === 'HEAD') return undefined;
    if (note.undoPath === undefined) return call.options.idempotencyKey ?? randomUUID();
    // not before there is a place for it: what is refused must not have to be undone
    const { undoing } = link.options;
    const unit = this.#unitOf(call);
    const beginning = undoing.begin(this.name, unit);
    await unlessAborted(beginning, signal);
    if (signal.aborted) {
      void beginning.then(
        (key) => undoing.failed(key, unit, false),
        () => {},
      );
      throw this.#notBegun(signal.reason);
    }
    return await beginning;
  }

  async #attempt(request: RemoteRequest, limit: CallLimit, target: Target): Promise<Answered> {
    const { note, settings, link } = this.options;
    const { clock } = link.options;
    const begin = clock.now();
    const { attemptTimeoutMs } = settings;
    using own = attemptTimeoutMs === undefined ? undefined : limit.ofAttempt(attemptTimeoutMs);
    try {
      const answer = await link.send({
        operation: this.name,
        target,
        request,
        limit: own ?? limit,
        expectsBody: note.returns !== undefined,
        read: (json) => note.returns && checkedAnswer(this.name, note.returns, json),
      });
      const slowMs = settings.circuit ? settings.circuit.slowMs : undefined;
      return { answer, isSlow: slowMs !== undefined && clock.now() - begin >= slowMs };
    } catch (error) {
      // that says nothing of the other service
      if (!(error instanceof RemoteCallAbortedError)) this.#errors.add(error, clock.now());
      throw error;
    }
  }

  /** Only a unit of work can say whether a call is kept. */
  #unitOf({ unit }: Call): UnitOfWork {
    if (!unit) throw new NoUnitOfWorkError(this.name);
    unit.assertOpen(this.name);
    return unit;
  }

  /** Nothing was sent: that is no timeout of the other service. */
  #notBegun(reason: unknown): unknown {
    return reason instanceof RemoteTimeoutError ? new DeadlineExceededError(this.name) : reason;
  }
}

interface Answered {
  readonly answer: unknown;
  readonly isSlow: boolean;
}

/** What a service is told of where the call comes from. */
function headersOf(origin: Origin | undefined): Record<string, string> {
  if (!origin) return {};
  return { traceparent: traceparentOf(origin.trace), 'x-correlation-id': origin.correlationId };
}
