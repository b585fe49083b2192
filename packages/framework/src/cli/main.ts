#!/usr/bin/env node
import { ConfigurationError } from '../kernel/errors/start-errors.js';
import { failureLine } from '../service/failure-line.js';
import { runCli } from './cli.js';
import { USAGE_ERROR } from './command.js';

try {
  process.exitCode = await runCli(process.argv.slice(2), {
    environment: process.env,
    out: process.stdout,
    err: process.stderr,
  });
} catch (error) {
  process.stderr.write(`${failureLine('skanu', error)}\n`);
  process.exitCode = error instanceof ConfigurationError ? USAGE_ERROR : 1;
}
