import { SkanuError } from '../../../src/kernel/errors/skanu-error.js';
import { openStore } from './open-store.js';

// tells the code of the error with which opening is refused
try {
  const store = await openStore();
  await store.close();
  console.log('opened');
} catch (error) {
  console.log(error instanceof SkanuError ? error.code : String(error));
}
