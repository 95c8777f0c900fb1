import type { Database } from 'lmdb';
import { keyHash } from './record-cache.ts';

/**
 * Which keys the last commits of a view changed, so that readers know what they hold is old: a ring of entries, each the
 * number of its commit and the hashes of its keys. A commit of very many keys only says that all may have changed.
 */

/** Commits that a reader may be behind and still keep what it holds. */
const RING = 64;

/** Keys of a commit beyond which all may have changed. */
const KEYS_MAX = 8192;

/** Writes the entry of a commit, inside it. */
export function putChanges(changes: Database<Buffer, string>, fingerprint: string, commit: number, keys: readonly string[]): void {
  const isAll = keys.length > KEYS_MAX;
  const entry = new Uint32Array(isAll ? 2 : 2 + keys.length);
  entry[0] = commit;
  entry[1] = isAll ? 1 : 0;
  if (!isAll) for (let i = 0; i < keys.length; i++) entry[2 + i] = keyHash(keys[i]!);
  void changes.put(entryKey(fingerprint, commit), Buffer.from(entry.buffer));
}

/** Tells of every change after commit `after` up to `until`; false where that is not known any more: all may have changed. */
export function readChanges(
  changes: Database<Buffer, string>,
  fingerprint: string,
  after: number,
  until: number,
  changed: (hash: number) => void,
): boolean {
  if (until < after || until - after > RING) return false;
  for (let commit = after + 1; commit <= until; commit++) {
    const entry = changes.getBinary(entryKey(fingerprint, commit));
    if (entry === undefined || entry.readUInt32LE(0) !== commit >>> 0 || entry.readUInt32LE(4) === 1) return false;
    for (let at = 8; at < entry.length; at += 4) changed(entry.readUInt32LE(at));
  }
  return true;
}

/** Removes a view's entries, inside a commit. */
export function removeChanges(changes: Database<Buffer, string>, fingerprint: string): void {
  for (let commit = 0; commit < RING; commit++) void changes.remove(entryKey(fingerprint, commit));
}

function entryKey(fingerprint: string, commit: number): string {
  return `${fingerprint}/${commit % RING}`;
}
