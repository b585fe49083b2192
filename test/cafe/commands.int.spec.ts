import { Cafe } from './cafe.ts';
import { describeCommands } from './commands.ts';

describeCommands('on the embedded engines', () => Cafe.open());
