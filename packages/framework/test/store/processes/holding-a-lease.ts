import { openStore } from './open-store.js';

const store = await openStore();
const lease = await store.leases.acquire('relay', 'child', 3_600_000);
console.log(JSON.stringify(lease));
setInterval(() => {}, 60_000);
