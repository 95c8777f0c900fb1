#!/usr/bin/env node
/** The program `nisus`. Compiled code is kept between runs, so that a second start is quick. */
import { enableCompileCache } from 'node:module';
import { asFileSystemError } from '../files/file-system-error.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { reportFailure } from './report-failure.ts';

enableCompileCache();

// A reader that went away (`nisus … | head`) is no fault: end quietly, as other programs do.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT_CODES.readerGone);
    // Where standard error fails, there is nobody left to tell.
    if (stream === process.stdout)
      reportFailure(asFileSystemError(error, 'Standard output', 'Nothing that was written to disk is lost.') ?? error, process.argv);
    process.exit(EXIT_CODES.fileSystem);
  });
}

const { runCli } = await import('./run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2));
