#!/usr/bin/env node
/** The program `nisus`. Compiled code is kept between runs, so that a second start is quick. */
import { enableCompileCache } from 'node:module';
import { EXIT_CODES } from './exit-codes.ts';

enableCompileCache();

// A reader that went away (`nisus … | head`) is no fault: end quietly, as other programs do.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT_CODES.readerGone);
  });
}

const { runCli } = await import('./run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2));
