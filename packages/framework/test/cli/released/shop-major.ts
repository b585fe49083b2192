import { z } from 'zod';
import { released, shopOf } from './shop-of.js';

export const shop = shopOf({ ...released, qty: z.string() }, '2.0.0');
