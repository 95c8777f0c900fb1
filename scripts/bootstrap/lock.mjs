// One set-up at a time in a checkout: two starts at once must not install over each other.

import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetUpFailure, fileFailure } from './failure.mjs';

/** The holder touches its lock this often; one left alone for `STALE_MS` belongs to a process that died. */
const BEAT_MS = 5_000;
const STALE_MS = 60_000;
const POLL_MS = 200;
const WAIT_MAX_MS = 30 * 60_000;

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Who holds the lock, or null where nobody (alive) does.
 * @param {string} file
 * @param {number} [nowMs]
 */
export function lockHolder(file, nowMs = Date.now()) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    const quietMs = nowMs - statSync(file).mtimeMs;
    // A lock that is still empty is being written this very moment.
    const alive = pid === 0 ? quietMs < BEAT_MS : isAlive(pid) && quietMs < STALE_MS;
    return alive ? pid : null;
  } catch {
    return null;
  }
}

/**
 * Takes the lock if it is free. A dead holder's lock is moved aside first; should a living one have taken its place
 * in between, it is given back.
 * @param {string} file
 */
function tryTake(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  if (lockHolder(file) !== null) return false;
  const aside = `${file}-${process.pid}`;
  try {
    renameSync(file, aside);
    if (lockHolder(aside) !== null) renameSync(aside, file);
    rmSync(aside, { force: true });
  } catch {
    // Somebody else moved it aside first.
  }
  return false;
}

/**
 * Runs `work` while holding the lock, after waiting for whoever holds it now.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {(line: string) => void} say
 * @returns {Promise<T>}
 */
export async function withLock(file, work, say) {
  const startedMs = Date.now();
  let told = false;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    while (!tryTake(file)) {
      const holder = lockHolder(file);
      if (holder !== null && !told) {
        told = true;
        say(`another set-up is at work here (process ${holder}); waiting for it …`);
      }
      if (Date.now() - startedMs > WAIT_MAX_MS) {
        throw new SetUpFailure(
          `Another set-up (process ${holder}) has held ${file} for 30 minutes.`,
          'Stop that process, or delete the file if there is none.',
        );
      }
      await sleep(holder === null ? 10 : POLL_MS);
    }
  } catch (error) {
    throw error instanceof SetUpFailure ? error : fileFailure(`Writing ${path.basename(path.dirname(file))}`, error);
  }
  const beat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // Deleted by hand: the work goes on.
    }
  }, BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(file, { force: true });
  }
}
