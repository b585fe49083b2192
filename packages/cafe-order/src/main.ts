import { start } from '@skanu/framework';
import { orderService } from './service.js';

await start(orderService);
