// The packages of package-lock.json: whether they are there, and getting them.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SetUpFailure, fileFailure } from './failure.mjs';
import { runNpm } from './npm.mjs';

/** Inside `node_modules`, so that deleting that folder deletes the claim as well. */
const STAMP = 'node_modules/.nisus-stamp';

/** @typedef {{ version?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} LockedPackage */

/**
 * What the stamp of a finished installation says: the lock file's hash and the platform.
 * @param {string} lockText
 */
function stampFor(lockText) {
  return `${createHash('sha256').update(lockText).digest('hex')} ${process.platform}-${process.arch}\n`;
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/**
 * Whether everything the lock file asks for on this platform is in what npm recorded as installed.
 * @param {Readonly<Record<string, LockedPackage>>} locked
 * @param {Readonly<Record<string, LockedPackage>>} installed
 * @param {string} platform
 * @param {string} architecture
 */
export function isInstalled(locked, installed, platform = process.platform, architecture = process.arch) {
  return Object.entries(locked).every(([place, wanted]) => {
    if (place === '') return true;
    const found = installed[place];
    if (found !== undefined) return found.version === wanted.version;
    if (wanted.optional !== true) return false;
    const forThisHost = wanted.os?.includes(platform) === true && wanted.cpu?.includes(architecture) === true && wanted.libc === undefined;
    return !forThisHost;
  });
}

/**
 * Whether `node_modules` is what package-lock.json asks for. One hash when the stamp fits; otherwise npm's own record
 * is compared, so that an `npm install` by hand is not undone.
 * @param {string} root the repository
 */
export function packagesAreReady(root) {
  const lockText = readText(path.join(root, 'package-lock.json'));
  if (lockText === null) {
    throw new SetUpFailure('package-lock.json is missing.', 'Get a whole copy of the repository: the lock file is part of it.');
  }
  const stamp = stampFor(lockText);
  if (readText(path.join(root, STAMP)) === stamp) return true;
  const record = readText(path.join(root, 'node_modules/.package-lock.json'));
  if (record === null) return false;
  try {
    const locked = JSON.parse(lockText).packages;
    if (!isInstalled(locked, JSON.parse(record).packages)) return false;
    const gone = Object.keys(locked).some((place) => locked[place].optional !== true && !existsSync(path.join(root, place)));
    if (gone) return false;
    writeFileSync(path.join(root, STAMP), stamp);
    return true;
  } catch {
    return false;
  }
}

/**
 * Gets the packages with `npm ci` under the Node.js that will run them.
 * @param {string} root the repository
 * @param {string} node
 * @param {(line: string) => void} say
 */
export async function installPackages(root, node, say) {
  say('installing packages (once; some 600 MB on disk) …');
  await runNpm(node, ['ci', '--include=dev', '--include=optional'], root, 'Installing packages', say);
  try {
    writeFileSync(path.join(root, STAMP), stampFor(readFileSync(path.join(root, 'package-lock.json'), 'utf8')));
  } catch (error) {
    throw fileFailure(`Writing ${STAMP}`, error);
  }
}

/** Tools whose package has another name. */
const PACKAGE_OF = /** @type {Readonly<Record<string, string>>} */ ({ tsc: 'typescript' });

/**
 * The program behind an installed tool: what `node_modules/.bin` points to, on Windows too.
 * @param {string} root the repository
 * @param {string} tool
 */
export function findExecutable(root, tool) {
  const folder = path.join(root, 'node_modules', PACKAGE_OF[tool] ?? tool);
  const text = readText(path.join(folder, 'package.json'));
  const bin = text === null ? undefined : JSON.parse(text).bin;
  const file = typeof bin === 'string' ? bin : bin?.[tool];
  if (file === undefined)
    throw new SetUpFailure(`No tool '${tool}' among the installed packages.`, 'Look in devDependencies of package.json.');
  return path.join(folder, file);
}
