import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { SetUpFailure, remedyFor } from './failure.mjs';

/** How often a long installation says that it is still at it. */
const STILL_AT_IT_MS = 15_000;

/**
 * npm's own program, so that it can run under a Node.js of our choice: the one that called us, or else the one beside
 * this Node.js. Null where only an `npm` on the PATH is left to try.
 */
function findNpm() {
  const caller = process.env['npm_execpath'];
  const here = path.dirname(process.execPath);
  const candidates = [
    caller !== undefined && /npm-cli\.c?js$/.test(caller) ? caller : '',
    path.join(here, '../lib/node_modules/npm/bin/npm-cli.js'),
    path.join(here, 'node_modules/npm/bin/npm-cli.js'),
    path.join(here, '../share/nodejs/npm/bin/npm-cli.js'),
  ];
  return candidates.find((candidate) => candidate !== '' && existsSync(candidate)) ?? null;
}

/**
 * Runs npm under a given Node.js, quietly unless it fails. Install scripts are off, whatever the reader's own settings.
 * @param {string} node the Node.js that npm runs under: it picks the versions of packages that depend on the engine
 * @param {readonly string[]} args
 * @param {string} folder
 * @param {string} what as it stands in the failure's message
 * @param {(line: string) => void} say
 * @returns {Promise<void>}
 */
export function runNpm(node, args, folder, what, say) {
  const npm = findNpm();
  const options = [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error', '--global=false'];
  const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env['PATH'] ?? ''}` };
  const onWindows = process.platform === 'win32';
  const child =
    npm === null
      ? spawn(onWindows ? 'npm.cmd' : 'npm', options, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], shell: onWindows })
      : spawn(node, [npm, ...options], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });

  const startedMs = Date.now();
  let said = '';
  const keep = (/** @type {Buffer} */ chunk) => {
    if (said.length < 20_000) said += chunk.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const ticker = setInterval(() => say(`  … ${Math.round((Date.now() - startedMs) / 1000)} s`), STILL_AT_IT_MS);
  const stop = () => child.kill('SIGTERM');
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);

  return new Promise((resolve, reject) => {
    const settle = () => {
      clearInterval(ticker);
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    };
    child.once('error', (error) => {
      settle();
      const missing = 'npm was not found. Install Node.js with npm (or run this through `npm start`), then run the same command again.';
      reject(
        new SetUpFailure(`${what} failed: ${error.message}`, error.message.includes('ENOENT') ? missing : remedyFor(error.message), error),
      );
    });
    child.once('close', (code, signal) => {
      settle();
      if (code === 0) {
        say(`  done in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
        resolve();
        return;
      }
      // npm tells the cause first and its usage last.
      const lines = said.trim().split('\n').slice(0, 15).join('\n');
      const how = signal === null ? `npm ended with ${code}` : `npm was stopped by ${signal}`;
      const remedy = signal === null ? remedyFor(said) : 'Run the same command again: it goes on from here.';
      reject(new SetUpFailure(`${what} failed: ${how}.\n${lines}`, remedy));
    });
  });
}
