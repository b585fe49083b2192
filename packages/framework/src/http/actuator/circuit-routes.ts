import { z } from 'zod';
import { InvalidInputError } from '../../kernel/errors/model-errors.js';
import { fieldErrors } from '../../model/field-errors.js';
import type { ClientState, ClientStates, OperationState } from '../../runtime/remote/client-states.js';
import { baseUrlOf } from '../base-url.js';
import { sendJson } from '../resource/answers.js';
import { JSON_TYPE } from '../resource/media-types.js';
import type { Routes } from '../routes.js';

const ROOT = '/actuator/circuitbreakers';

const forced = z.object({ state: z.enum(['open', 'closed', 'auto']) });

/**
 * Shows how the services do that this one calls, and holds circuits open or closed for drills:
 *
 * | | |
 * |---|---|
 * | `GET /actuator/circuitbreakers` | all clients: circuits, calls under way, last errors, addresses |
 * | `POST /actuator/circuitbreakers/{operation}` | `{"state":"open"}`, `closed`, or `auto`: as it is by itself. 204 |
 */
export function addCircuitRoutes(routes: Routes, clients: ClientStates): void {
  routes.add({
    method: 'GET',
    path: ROOT,
    handler(request, reply) {
      const base = baseUrlOf(request);
      return sendJson(reply, JSON_TYPE, {
        clients: clients.all().map((client) => clientView(base, client)),
        _links: { self: { href: `${base}${ROOT}` } },
      });
    },
  });
  routes.add({
    method: 'POST',
    path: `${ROOT}/{operation}`,
    consumes: [JSON_TYPE],
    handler(request, reply) {
      const parsed = forced.safeParse(request.body ?? {});
      if (!parsed.success) throw new InvalidInputError('the state', fieldErrors(parsed.error));
      clients.force(request.params['operation']!, parsed.data.state);
      return reply.code(204).send();
    },
  });
}

function clientView(base: string, { client, operations, targets }: ClientState): object {
  return {
    client,
    operations: operations.map((one) => operationView(base, one)),
    targets: targets.map(({ ejectedUntil, ...target }) => ({
      ...target,
      ejectedUntil: instant(ejectedUntil),
    })),
  };
}

function operationView(base: string, { lastErrors, circuit, operation, ...counts }: OperationState): object {
  const href = `${base}${ROOT}/${encodeURIComponent(operation)}`;
  return {
    operation,
    state: circuit,
    ...counts,
    lastErrors: lastErrors.map(({ at, ...error }) => ({ at: instant(at), ...error })),
    // there is nothing to set where there is no circuit
    ...(circuit !== 'none' && { _links: { self: { href } } }),
  };
}

function instant(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
