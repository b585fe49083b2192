#!/usr/bin/env node
import { failureLine } from '../service/failure-line.js';
import { runCli } from './cli.js';

try {
  process.exitCode = await runCli(process.argv.slice(2), {
    environment: process.env,
    out: process.stdout,
    err: process.stderr,
  });
} catch (error) {
  process.stderr.write(`${failureLine('skanu', error)}\n`);
  process.exitCode = 1;
}
