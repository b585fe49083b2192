import { join } from 'node:path';
import { ROOT } from './markdown.ts';

/**
 * A source file of a package, as it is: `packages/framework/src/index.ts`. By a path that the compiler does not see, since the tests
 * here follow the rules of Node's own TypeScript and the packages do not.
 */
export function sourceOf<T>(path: string): Promise<T> {
  return import(/* @vite-ignore */ join(ROOT, path)) as Promise<T>;
}
