import type { FastifyRequest } from 'fastify';
import { RequestRunningError } from '../../kernel/errors/request-errors.js';
import { CommitUnknownError } from '../../kernel/errors/store-errors.js';
import type { UnitsOfWork } from '../../runtime/units-of-work.js';
import type { RequestRecord, RequestRecords } from '../../store/request-records.js';
import type { Answer } from '../answer.js';
import { fallbackHeader } from '../fallback-header.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { keptAnswer, replayed } from './kept-answer.js';
import { fingerprintOf } from './request-fingerprint.js';
import type { RunningKeys } from './running-keys.js';

/** What a request does, and how it is answered. */
export interface Write<T> {
  /** Runs in a unit of work. */
  readonly work: () => T | Promise<T>;
  /** Makes the answer, when all is done but the commit. */
  readonly answer: (value: T) => Answer;
  /** What `work` has made; without it nothing can be taken back. */
  readonly made?: (value: T) => RequestRecord['subject'];
}

/**
 * Carries out what requests ask for, in a unit of work each. One with an `Idempotency-Key` takes effect once: its answer is committed
 * together with the change, and whoever sends it again gets that. An error is not kept, because nothing has happened then.
 */
export class IdempotentWrites {
  constructor(
    private readonly units: UnitsOfWork,
    private readonly records: RequestRecords,
    private readonly running: RunningKeys,
  ) {}

  /**
   * @throws BadIdempotencyKeyError, RequestRunningError, IdempotencyKeyReusedError, RequestWithdrawnError, and all that the work and its hooks throw
   */
  async carryOut<T>(request: FastifyRequest, write: Write<T>): Promise<Answer> {
    const key = idempotencyKeyOf(request.headers);
    if (key === undefined) return write.answer(await this.units.run(request.origin, write.work));
    return this.running.alone(key, request.origin.signal, () => this.#once(key, request, write));
  }

  async #once<T>(key: string, request: FastifyRequest, { work, answer, made }: Write<T>): Promise<Answer> {
    const fingerprint = fingerprintOf(request);
    const before = await this.records.find(key);
    if (before) return replayed(before, fingerprint);
    let mine: Answer | undefined;
    try {
      const done = await this.units.runOnce(request.origin, work, (value) => {
        const { headers, ...rest } = answer(value);
        mine = { ...rest, headers: { ...headers, ...fallbackHeader(request.origin) } };
        const subject = made?.(value) ?? null;
        return { kind: 'answered', key, fingerprint, answer: keptAnswer(mine), subject };
      });
      if (done) return mine!;
    } catch (error) {
      // whether that was carried out its client has to ask again; a look now may come too early
      if (error instanceof CommitUnknownError) throw error;
      // the first one may have been carried out since, and this one has met what it left: a DELETE finds nothing any more
      const first = await this.records.find(key).catch(() => undefined);
      if (!first) throw error;
      return replayed(first, fingerprint);
    }
    // another replica was faster, with this request or with taking it back
    const theirs = await this.records.find(key);
    if (!theirs) throw new RequestRunningError(key);
    return replayed(theirs, fingerprint);
  }
}
