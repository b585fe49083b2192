import { globSync } from 'node:fs';
import { noContainers } from '../packages/framework/test/containers/containers.ts';

/** Says before the tests which of them are skipped, and why. */
export default function sayWhatIsSkipped(): void {
  if (noContainers === undefined) return;
  const files = globSync(['test/**/*.e2e.spec.ts', 'packages/*/test/**/*.e2e.spec.ts']).toSorted();
  console.log(`\nSkipped, because ${noContainers}:\n${files.map((file) => `  ${file}`).join('\n')}\n`);
}
