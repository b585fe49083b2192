import { start } from '@skanu/framework';
import { deliveryService } from './service.js';

await start(deliveryService);
