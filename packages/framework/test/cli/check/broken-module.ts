import { z } from 'zod';
import { DomainEvent } from '../../../src/model/domain-event.js';
import { PolicyHandler, Whenever } from '../../../src/model/policy-handler.js';
import { defineService } from '../../../src/model/service-definition.js';
import { ReadModel, View, ViewHandler, When } from '../../../src/model/view-handler.js';

class Read extends DomainEvent('Read', z.object({ id: z.number() }), { key: (e) => e.id }) {}

@View({ collection: 'readers' })
class Reader extends ReadModel(z.object({ books: z.number().default(0) })) {}

@PolicyHandler({ id: 'reading' })
class ReadingPolicies {
  @Whenever(Read)
  praise() {}
}

@ViewHandler(Reader, { id: 'reading' })
class ReadingView {
  @When(Read, { id: (e) => e.id })
  count() {}
}

/** Its policy and its view have the same id. */
export const broken = defineService({
  name: 'broken',
  port: 0,
  policies: [ReadingPolicies],
  views: [ReadingView],
});
