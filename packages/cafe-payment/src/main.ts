import { start } from '@skanu/framework';
import { paymentService } from './service.js';

await start(paymentService);
