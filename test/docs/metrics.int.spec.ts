import { describe, expect, it } from 'vitest';
import { sourceOf } from './framework.ts';
import { codeOf, tableRows, textOf } from './markdown.ts';

interface TestService extends AsyncDisposable {
  readonly request: (method: string, path: string) => Promise<{ readonly text: string }>;
}
interface TestKit {
  readonly startTestService: (definition: unknown) => Promise<TestService>;
}

describe('docs/reference/metrics.md', () => {
  it('has each metric of a service that runs with its type, and no other', async () => {
    const { startTestService } = await sourceOf<TestKit>('packages/framework/src/testing/index.ts');
    const { orderService } = await sourceOf<{ orderService: unknown }>('packages/cafe-order/src/service.ts');
    await using order = await startTestService(orderService);
    const { text } = await order.request('GET', '/actuator/prometheus');
    const ours = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)]
      .filter(([, name]) => !/^(process|nodejs)_/.test(name!))
      .map(([, name, type]) => `${name} ${type}`);
    const shown = tableRows(textOf('docs/reference/metrics.md'), 'Metric').map(
      ([name, type]) => `${codeOf(name!)} ${type}`,
    );
    expect(shown.toSorted()).toEqual(ours.toSorted());
  });
});
