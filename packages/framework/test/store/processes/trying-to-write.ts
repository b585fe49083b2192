import { SkanuError } from '../../../src/kernel/errors/skanu-error.js';
import { openStore } from './open-store.js';

// tells the code of the error with which opening is refused; all that are given the same moment begin at it
const begin = Number(process.argv[3] ?? 0);
while (Date.now() < begin);

try {
  const store = await openStore();
  await store.close();
  console.log('opened');
} catch (error) {
  console.log(error instanceof SkanuError ? error.code : String(error));
}
