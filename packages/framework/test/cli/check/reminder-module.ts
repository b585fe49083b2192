import { z } from 'zod';
import { DomainEvent } from '../../../src/model/domain-event.js';
import { FeignClient } from '../../../src/model/feign-client.js';
import { get } from '../../../src/model/http-operation.js';
import { PolicyHandler, Whenever } from '../../../src/model/policy-handler.js';
import { defineService } from '../../../src/model/service-definition.js';

const lent = z.object({ id: z.number().int(), title: z.string() });

export class Lent extends DomainEvent('Lent', lent, { key: (e) => e.id }) {}

@FeignClient({ name: 'library' })
export class LibraryClient {
  readonly book = get('/book/{id}', { returns: z.object({ title: z.string() }) });
}

@PolicyHandler()
export class Reminders {
  @Whenever(Lent)
  async remind() {}
}

export const reminder = defineService({
  name: 'reminder',
  port: 0,
  policies: [Reminders],
  clients: [LibraryClient],
});
