import { start } from '@skanu/framework';
import { cafeGateway } from './service.js';

await start(cafeGateway);
