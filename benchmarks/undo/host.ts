// The bank or the shop, as a process: node host.ts bank|shop. Settings as for every service.
import { startService } from '#framework/index';
import { bank, shop } from './sales.ts';

const service = await startService(process.argv[2] === 'bank' ? bank : shop);
process.on('disconnect', () => process.exit(0));
process.send!({ url: service.url });
