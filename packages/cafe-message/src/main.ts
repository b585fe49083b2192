import { start } from '@skanu/framework';
import { messageService } from './service.js';

await start(messageService);
