import { z } from 'zod';
import { released, shopOf } from './shop-of.js';

export const shop = shopOf(
  { ...released, code: z.string().refine((code) => code === 'open sesame') },
  '1.5.0',
);
