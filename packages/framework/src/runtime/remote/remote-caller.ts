import { Agent } from 'undici';
import { NotFoundError } from '../../kernel/errors/model-errors.js';
import { shownUrl } from '../../kernel/shown.js';
import { type FeignClientClass, feignClientNote, operationsOf } from '../../model/feign-client.js';
import { ClientLink, type ClientParts } from './client-link.js';
import type { ClientState, ClientStates } from './client-states.js';
import { OperationCall } from './operation-call.js';
import { RETRY_BUDGET, operationSettings } from './operation-settings.js';
import { RetryBudget } from './retry-budget.js';
import { makeTargets } from './service-targets.js';
import type { Targets } from './targets.js';
import { undoRequest } from './undo-request.js';

/** The most connections to one service, and the most bytes of an answer. */
const MAX_CONNECTIONS = 64;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** Sooner than a service that stops closes idle connections: no call shall meet one that is just being closed. */
const KEEP_ALIVE_MS = 1_000;
/**
 * Services that call each other are near: connecting takes milliseconds. Who has not taken a connection by then is not there, or has no room, and a call with more
 * time than that can still go to another address.
 */
const CONNECT_TIMEOUT_MS = 1_000;

interface Client {
  readonly name: string;
  readonly targets: Targets;
  readonly operations: OperationCall[];
}

/** Makes the clients of a service work, and shows how they do. One pool of connections serves them all. */
export class RemoteCaller implements ClientStates {
  readonly #clients: Client[] = [];
  readonly #agent = new Agent({
    connections: MAX_CONNECTIONS,
    maxResponseSize: MAX_ANSWER_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  });

  constructor(private readonly parts: ClientParts) {}

  /**
   * An instance of a client class whose operations call the service at `urls`. Says of those with an undo how it is done, so before undoing starts.
   * @param urls one, whose host may have several addresses; or several
   */
  wired(clientClass: FeignClientClass, urls: readonly string[]): object {
    const instance = new clientClass();
    const note = feignClientNote.of(clientClass)!;
    const { parts } = this;
    const { clock, random, logger } = parts;
    const targets = makeTargets({ urls, outliers: note.outliers, clock, random, logger });
    const client: Client = { name: note.name, targets, operations: [] };
    this.#clients.push(client);
    const link = new ClientLink({
      ...parts,
      client: note.name,
      targets,
      budget: new RetryBudget(note.retryBudget ?? RETRY_BUDGET, clock),
      interceptors: note.interceptors ?? [],
      dispatcher: this.#agent,
    });
    for (const [field, operation] of operationsOf(instance)) {
      const settings = operationSettings(note, operation);
      const call = new OperationCall({ client: note.name, field, note: operation, settings, link });
      client.operations.push(call);
      const { undoPath } = operation;
      if (undoPath !== undefined) {
        // it has a patience of its own
        const limitMs = settings.timeoutMs * 2;
        parts.undoing.register(call.name, undoRequest(call.name, undoPath, limitMs, link), limitMs);
      }
      const value = (...args: unknown[]) => call.call(args);
      Object.defineProperty(instance, field, { value, enumerable: true });
    }
    return instance;
  }

  all(): ClientState[] {
    return this.#clients.map(({ name, operations, targets }) => ({
      client: name,
      operations: operations.map(({ state }) => state),
      targets: targets.states().map((state) => ({ ...state, url: shownUrl(state.url) })),
    }));
  }

  force(operation: string, state: 'open' | 'closed' | 'auto'): void {
    const calls = this.#clients.flatMap(({ operations }) => operations);
    const circuit = calls.find(({ name }) => name === operation)?.circuit;
    if (!circuit) throw new NotFoundError('the circuit of', operation);
    circuit.force(state);
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map(({ targets }) => targets.close()));
    await this.#agent.destroy();
  }
}
