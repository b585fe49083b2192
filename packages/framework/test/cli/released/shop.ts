import { released, shopOf } from './shop-of.js';

export const shop = shopOf(released, '1.4.0');
