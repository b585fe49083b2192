import assert from 'node:assert/strict';
import type { PactInteraction } from '../../contracts/pact-file.js';
import type { CalledOperation } from '../../contracts/service-contract.js';
import { inject } from '../../model/ambient.js';
import type { FeignClientClass } from '../../model/feign-client.js';
import type { ServiceDefinition } from '../../model/service-definition.js';
import { urlSettingOf } from '../../service/settings.js';
import { eventually } from '../eventually.js';
import { startTestService } from '../service-harness.js';
import type { TestService } from '../test-service.js';
import { callAnswer } from './call-answer.js';
import { callRequest } from './call-request.js';
import { FORM_TYPE, formRules } from './form-body.js';
import { matching } from './matchers.js';
import { pactLibrary } from './pact-library.js';
import { PactFolder } from './pact-folder.js';
import type { GivenState } from './provider-states.js';

/** The names of a client's operations. */
export type OperationName<C extends FeignClientClass> = keyof InstanceType<C> & string;

type ArgumentsOf<C extends FeignClientClass, K extends OperationName<C>> = InstanceType<C>[K] extends (
  ...args: infer A
) => unknown
  ? A
  : never;

type ExampleAnswer = Readonly<Record<string, unknown>> | readonly unknown[] | string | number | boolean;

/** What a service expects of an operation. All of it is optional: the schemas of the operation say the rest. */
export interface CallExpectation<C extends FeignClientClass, K extends OperationName<C>> {
  readonly given?: GivenState;
  /**
   * What it is called with. Default: examples of its parameters and its body, without what may be left out; names in the path are whole numbers, so that
   * texts must be given.
   */
  readonly with?: ArgumentsOf<C, K>;
  /** The status of the answer. Default: 201 for a POST, 204 for a DELETE that returns nothing, else 200. */
  readonly status?: number;
  /** The answer, or fields of it, where the schema's own example does not do. Not null, which Pact cannot tell from no answer. */
  readonly answer?: ExampleAnswer;
  /** Tells several expectations of one operation apart. Default: `{method} {path}`. */
  readonly description?: string;
}

interface Parts {
  readonly definition: ServiceDefinition;
  /** Where Pact writes. */
  readonly dir: string;
  readonly client: FeignClientClass;
  readonly called: CalledOperation;
  readonly expectation: {
    readonly given?: GivenState;
    readonly with?: readonly unknown[];
    readonly status?: number;
    readonly answer?: ExampleAnswer;
    readonly description?: string;
  };
  readonly look: ((answer: unknown) => unknown) | undefined;
}

const KEY = '00000000-0000-4000-8000-000000000000';
const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** Thrown in a unit of work whose call is to be taken back. */
class GivenUp extends Error {}

/** Makes a call with the client of a service. @returns what is expected of the provider */
export async function callInteractions(parts: Parts): Promise<readonly PactInteraction[]> {
  const { definition, dir, client, called, expectation, look } = parts;
  const { PactV4, MatchersV3 } = await pactLibrary();
  const pact = new PactV4({ consumer: definition.name, provider: called.service, dir, logLevel: 'error' });
  const isWrite = !['GET', 'HEAD'].includes(called.method);
  const { args, path, query, accept, body } = callRequest(client, called, expectation.with);
  const example = callAnswer(called, expectation.answer);
  const description = expectation.description ?? `${called.method} ${called.path}`;
  const status = expectation.status ?? usualStatus(called);

  const asked = pact.addInteraction();
  if (expectation.given) asked.given(expectation.given.name, expectation.given.params as never);
  const call = asked
    .uponReceiving(description)
    .withRequest(called.method, path, (request) => {
      request.headers({
        accept,
        ...(isWrite && { 'idempotency-key': MatchersV3.regex('^[!-~]{1,255}$', KEY) }),
      });
      request.query(query);
      if (body === undefined) return;
      if (called.bodyKind === 'form')
        request.body(FORM_TYPE, Buffer.from(body)).matchingRules(formRules(body));
      else request.jsonBody(matching(called.body!, JSON.parse(body)));
    })
    .willRespondWith(status, (response) => {
      if (example !== undefined) response.jsonBody(matching(called.answer!, example));
    });
  const { undoPath } = called;
  // it is taken back in the same breath: one unit of work makes the call and is given up
  const last =
    undoPath === undefined
      ? call
      : pact
          .addInteraction()
          .uponReceiving(undoDescription(undoPath, expectation.description))
          .withRequest(
            'DELETE',
            MatchersV3.regex(`^${undoPath.replace('{key}', UUID)}$`, undoPath.replace('{key}', KEY)),
          )
          .willRespondWith(204);
  await last.executeTest(async ({ url }) => {
    await using service = await startTestService(definition, {
      settings: { [urlSettingOf(called.service)]: url },
    });
    const answer = await outcomeOf(service, client, called, args);
    await look?.(answer);
  });
  return new PactFolder(dir).read().flatMap(({ interactions }) => interactions);
}

/** What a service of this framework answers; others may differ. */
function usualStatus({ method, answer }: CalledOperation): number {
  if (method === 'POST') return 201;
  return method === 'DELETE' && answer === undefined ? 204 : 200;
}

/** Two expectations of one operation are taken back by two interactions, which must be told apart too. */
function undoDescription(path: string, of: string | undefined): string {
  return of === undefined ? `DELETE ${path}` : `DELETE ${path}: ${of}`;
}

async function outcomeOf(
  service: TestService,
  client: FeignClientClass,
  { operation, undoPath }: CalledOperation,
  args: readonly unknown[],
): Promise<unknown> {
  let answer: unknown;
  const calling = service.inside(async () => {
    const instance = inject(client) as Record<string, (...args: readonly unknown[]) => Promise<unknown>>;
    answer = await instance[operation]!(...args);
    if (undoPath !== undefined) throw new GivenUp();
  });
  if (undoPath === undefined) {
    await calling;
    return answer;
  }
  await assert.rejects(calling, GivenUp);
  await eventually(
    async () => (await service.request<{ undos: unknown[] }>('GET', '/actuator/undos')).body.undos,
    (undos) => undos.length === 0,
  );
  return answer;
}
