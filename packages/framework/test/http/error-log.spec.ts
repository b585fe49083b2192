import { expect, it } from 'vitest';
import { buildHttpApp } from '../../src/http/http-app.js';
import { Routes } from '../../src/http/routes.js';
import {
  BulkheadFullError,
  CircuitOpenError,
  DeadlineExceededError,
} from '../../src/kernel/errors/remote-errors.js';
import { StoreUnavailableError } from '../../src/kernel/errors/store-errors.js';

it('refusals of what was not begun are no warnings: there are as many of them as requests', async () => {
  const levels: string[] = [];
  const at = (level: string) => (_: object, message: string) => {
    if (message.includes('is answered with')) levels.push(level);
  };
  const { fastify, table, deadline } = buildHttpApp({
    name: 'shop',
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    phase: () => 'running',
  });
  const errors = [
    new CircuitOpenError('payment.of', 1),
    new BulkheadFullError('payment.of', 1, 0),
    new DeadlineExceededError('GET /'),
    new StoreUnavailableError('shop'),
  ];
  const left = [...errors];
  new Routes(fastify, table, deadline).add({
    method: 'GET',
    path: '/',
    handler: () => {
      throw left.shift()!;
    },
  });
  for (const _ of errors) await fastify.inject('/');
  expect(levels).toEqual(['debug', 'debug', 'debug', 'warn']);
  await fastify.close();
});
