// Behind every npm script: makes this checkout ready (Node.js, packages), then hands over to the right Node.js.
// Plain JavaScript without a dependency, because it is what runs when nothing is installed yet.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetUpFailure } from './bootstrap/failure.mjs';
import { handOver } from './bootstrap/hand-over.mjs';
import { findExecutable } from './bootstrap/packages.mjs';
import { prepare } from './bootstrap/prepare.mjs';

const USAGE = `Usage: node scripts/bootstrap.mjs COMMAND [ARGUMENTS]

Makes this checkout ready (Node.js 22.18 or newer, the packages of package-lock.json), then runs COMMAND:

  start [ARGUMENTS]       import, train, report and serve   (npm start -- ARGUMENTS)
  test [ARGUMENTS]        the tests                         (npm test -- ARGUMENTS)
  run FILE [ARGUMENTS]    a program of this repository      (node scripts/bootstrap.mjs run bench/train/main.ts)
  exec TOOL [ARGUMENTS]   an installed tool                 (node scripts/bootstrap.mjs exec oxlint)
  setup                   nothing but the set-up

Exit code: that of the command; 69 when the set-up failed.`;

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const [command, ...rest] = process.argv.slice(2);

/** What the right Node.js is to run, once the packages are there. */
function commandLine() {
  switch (command) {
    case 'start':
      return [path.join(root, 'src/app/cli/main.ts'), 'start', ...rest];
    case 'test':
      return [findExecutable(root, 'vitest'), 'run', ...rest];
    case 'run':
      if (rest[0] === undefined) throw new SetUpFailure('run: which file?', 'Give one, for example bench/train/main.ts.');
      return rest;
    case 'exec':
      if (rest[0] === undefined) throw new SetUpFailure('exec: which tool?', 'Give one, for example oxlint.');
      return [findExecutable(root, rest[0]), ...rest.slice(1)];
    default:
      return [];
  }
}

async function main() {
  if (command === undefined || command === '--help' || command === '-h' || command === 'help') {
    console.log(USAGE);
    return command === undefined ? 2 : 0;
  }
  if (!['start', 'test', 'run', 'exec', 'setup'].includes(command)) {
    console.error(`nisus: no command '${command}'.\n\n${USAGE}`);
    return 2;
  }
  const node = await prepare(root);
  if (command === 'setup') return 0;
  return handOver(node, commandLine(), root);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetUpFailure)) throw error;
  console.error(`\nnisus: ${error.message}\n       ${error.remedy}`);
  process.exitCode = 69;
}
