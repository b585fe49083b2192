import { start } from '@skanu/framework';
import { orderTraceService } from './service.js';

await start(orderTraceService);
