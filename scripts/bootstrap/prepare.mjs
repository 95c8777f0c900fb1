import path from 'node:path';
import { withLock } from './lock.mjs';
import { installPackages, packagesAreReady } from './packages.mjs';
import { installRuntime, installedRuntime, isNewEnough } from './runtime.mjs';

/** Progress goes to stderr: stdout belongs to the command, which may print JSON. */
const say = (/** @type {string} */ line) => console.error(`nisus: ${line}`);

/**
 * Makes the checkout ready and returns the Node.js to go on with. On a ready checkout: one hash, no child process.
 * @param {string} root the repository
 * @returns {Promise<string>}
 */
export async function prepare(root) {
  const platform = `${process.platform}-${process.arch}`;
  const findNode = () => (isNewEnough(process.version) ? process.execPath : installedRuntime(root, platform));
  const ready = findNode();
  if (ready !== null && packagesAreReady(root)) return ready;

  const startedMs = Date.now();
  return withLock(
    path.join(root, '.nisus/set-up.lock'),
    async () => {
      // Looked at again: whoever held the lock may have done it all.
      const node = findNode() ?? (await installRuntime(root, platform, say));
      if (!packagesAreReady(root)) await installPackages(root, node, say);
      say(`set-up done in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
      return node;
    },
    say,
  );
}
