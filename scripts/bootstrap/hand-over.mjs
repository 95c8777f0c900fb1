import { spawn } from 'node:child_process';
import path from 'node:path';
import { SetUpFailure, remedyFor } from './failure.mjs';

/** How often it is looked whether npm is still there. */
const PARENT_POLL_MS = 250;

/**
 * Runs a command line under a Node.js, passing signals on, and answers with its exit code.
 *
 * Whoever runs in a terminal gets Ctrl-C from the terminal itself, as does its child: there SIGINT is not sent a
 * second time, because a program may take a second one as "stop now". Outside of a terminal, npm gives a signal to the
 * shell between it and us, and some shells die of it without a word; so under npm the death of our parent counts as
 * SIGINT.
 * @param {string} node
 * @param {readonly string[]} args
 * @param {string} root the repository; its tools are put on the PATH
 * @returns {Promise<number>}
 */
export function handOver(node, args, root) {
  const before = [path.dirname(node), path.join(root, 'node_modules/.bin')].join(path.delimiter);
  const env = { ...process.env, PATH: `${before}${path.delimiter}${process.env['PATH'] ?? ''}` };
  const child = spawn(node, args, { stdio: 'inherit', env });

  const inTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  let wasSignalled = false;
  /** @type {Map<NodeJS.Signals, () => void>} */
  const listeners = new Map();
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    const pass = () => {
      wasSignalled = true;
      if (signal === 'SIGINT' && inTerminal) return;
      child.kill(signal);
    };
    listeners.set(signal, pass);
    process.on(signal, pass);
  }

  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.env['npm_lifecycle_event'] === undefined || process.ppid === parent || wasSignalled) return;
    wasSignalled = true;
    child.kill('SIGINT');
  }, PARENT_POLL_MS);

  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new SetUpFailure(`Starting ${node} failed: ${error.message}`, remedyFor(error.message), error)));
    child.once('close', (code, signal) => {
      clearInterval(watch);
      for (const [name, pass] of listeners) process.off(name, pass);
      // Dying of the same signal tells the caller the truth about how the command ended.
      if (signal !== null) process.kill(process.pid, signal);
      resolve(code ?? 1);
    });
  });
}
