import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../kernel/errors/skanu-error.js';
import { shownUrl } from '../../kernel/shown.js';
import { AnswerTooLarge, type Exchanged, boundedExchange } from './bounded-exchange.js';
import {
  PactBrokerBadAnswerError,
  PactBrokerRefusedError,
  PactBrokerSilentError,
} from './pact-broker-errors.js';
import type { PactBrokerSettings } from './pact-broker-settings.js';
import { shownWords, wordsOfRefusal } from './pact-broker-words.js';

const MAX_BYTES = 8 * 1024 * 1024;
/** A line for each service that it does not fit. */
const MAX_REASON_CHARS = 4_000;
const PAUSE_MS = 500;
const VERIFICATION_LINK = 'pb:publish-verification-results';

/** A pact as it is published. */
export interface ContractToPublish {
  readonly provider: string;
  /** As in the file. */
  readonly bytes: Buffer;
}

/** Whether a version of a service may go to an environment, by what was verified. */
export interface Deployability {
  readonly isDeployable: boolean;
  /** In the broker's words. */
  readonly reason: string;
}

/**
 * Speaks to a Pact Broker (2.89 or later, or PactFlow) by its documented HTTP API. Each request has a time limit and is made once more, after a short pause, when the
 * connection fails: all of them may be repeated. Credentials go to the address of the broker only.
 * All methods throw `PactBrokerRefusedError`, `PactBrokerSilentError` and `PactBrokerBadAnswerError`.
 */
export class PactBrokerClient {
  constructor(private readonly settings: PactBrokerSettings) {}

  /** Publishes all pacts of a consumer as of the version. Published anew, the same takes no effect; anything else is refused. */
  async publish(consumer: string, contracts: readonly ContractToPublish[]): Promise<void> {
    const { version, branch } = this.settings;
    await this.#ask(`publish the pacts of ${consumer}`, 'POST', 'contracts/publish', {
      pacticipantName: consumer,
      pacticipantVersionNumber: version,
      ...(branch !== undefined && { branch }),
      contracts: contracts.map(({ provider, bytes }) => ({
        consumerName: consumer,
        providerName: provider,
        specification: 'pact',
        contentType: 'application/json',
        content: bytes.toString('base64'),
        writeMode: 'overwrite',
      })),
    });
  }

  /** Says that the provider, as of the version, keeps what the pact of the same version asks of it. */
  async verified(provider: string, consumer: string): Promise<void> {
    const { version, url } = this.settings;
    const what = `say that ${provider} keeps its pact with ${consumer}`;
    // of this version, not the latest: another branch may have published since, and that was not verified here
    const path = ['pacts', 'provider', provider, 'consumer', consumer, 'version', version];
    const pact = (await this.#ask(what, 'GET', path.map(encodeURIComponent).join('/'))) as Linked | null;
    const href = pact?._links?.[VERIFICATION_LINK]?.href;
    const link = typeof href === 'string' ? URL.parse(href, url) : null;
    if (!link) throw new PactBrokerBadAnswerError(what, `the answer has no link ${VERIFICATION_LINK}`);
    if (link.origin !== url.origin)
      throw new PactBrokerBadAnswerError(
        what,
        `the Pact Broker leads to ${shownUrl(link.href)}, which is not where it is`,
        'Set PACT_BROKER_BASE_URL to the address that the broker calls its own, or tell the broker its address: credentials go nowhere else.',
      );
    await this.#ask(what, 'POST', link.href, { success: true, providerApplicationVersion: version });
  }

  /** Asks whether a service, as of the version, may go to an environment. What the broker does not know counts as no. */
  async canIDeploy(service: string, environment: string): Promise<Deployability> {
    const { version, secrets } = this.settings;
    const what = `ask whether ${service} can go to ${environment}`;
    const query = new URLSearchParams({ pacticipant: service, version, environment });
    const answer = (await this.#ask(what, 'GET', `can-i-deploy?${query.toString()}`)) as Matrix | null;
    const summary = answer?.summary;
    // null says that nothing failed, but something is not known
    if (summary?.deployable !== null && typeof summary?.deployable !== 'boolean')
      throw new PactBrokerBadAnswerError(what, 'the answer does not say whether it can');
    const reason =
      typeof summary.reason === 'string' ? shownWords(summary.reason, secrets, MAX_REASON_CHARS) : '';
    return { isDeployable: summary.deployable === true, reason };
  }

  /** @param target from the base URL */
  async #ask(what: string, method: string, target: string, body?: object): Promise<unknown> {
    const { url, authorization, secrets } = this.settings;
    const { status, text } = await this.#exchange(what, new URL(target, url), {
      method,
      headers: {
        accept: 'application/hal+json',
        ...(body && { 'content-type': 'application/json' }),
        ...(authorization !== undefined && { authorization }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (status < 200 || status > 299)
      throw new PactBrokerRefusedError(what, status, shownWords(wordsOfRefusal(text), secrets));
    try {
      return JSON.parse(text);
    } catch {
      throw new PactBrokerBadAnswerError(what, 'the answer is no JSON');
    }
  }

  async #exchange(
    what: string,
    url: URL,
    request: Parameters<typeof boundedExchange>[1],
    isSecond = false,
  ): Promise<Exchanged> {
    const { timeoutMs } = this.settings;
    try {
      return await boundedExchange(url, request, { timeoutMs, maxBytes: MAX_BYTES });
    } catch (error) {
      if (error instanceof AnswerTooLarge)
        throw new PactBrokerBadAnswerError(what, `the answer is too large: ${error.message}`);
      if ((error as Error).name === 'TimeoutError')
        throw new PactBrokerSilentError(what, `nothing within ${timeoutMs} ms (${shownUrl(url.href)})`);
      if (isSecond) throw new PactBrokerSilentError(what, `${reasonOf(error)} (${shownUrl(url.href)})`);
      await sleep(PAUSE_MS);
      return this.#exchange(what, url, request, true);
    }
  }
}

/** fetch says only that it failed; why is in its cause. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : messageOf(cause ?? error);
}

interface Linked {
  readonly _links?: Readonly<Record<string, { readonly href?: unknown } | undefined>>;
}

interface Matrix {
  readonly summary?: { readonly deployable?: unknown; readonly reason?: unknown };
}
