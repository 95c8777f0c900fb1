import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file so that a reader, or a kill at any moment, sees either the old content whole or the new content whole:
 * the parts go to `<path>.<random>.partial` beside it, which is flushed to the disk and then renamed over `path`.
 *
 * A kill in the middle leaves the `.partial` file behind; an error removes it.
 *
 * @param parts Written one after the other, none is copied.
 * @throws The file system's own error (no such folder, disk full, no permission).
 */
export async function writeFileAtomically(path: string, parts: Iterable<string | Uint8Array>): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    const file = await open(partial, 'wx');
    try {
      for (const part of parts) await writeWhole(file, typeof part === 'string' ? Buffer.from(part) : part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Flushes a folder's own entries (new names, renames) to the disk, where the system can do that. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  if (handle === null) return; // Windows cannot open a folder; its renames need no flush of ours.
  try {
    await handle.sync().catch(() => undefined);
  } finally {
    await handle.close();
  }
}

/** One write call takes at most 2 GiB and may write less than it was given, so a large part goes in pieces. */
const PIECE_BYTES = 64 * 1024 * 1024;

async function writeWhole(
  file: { write(data: Uint8Array, offset: number, length: number): Promise<{ bytesWritten: number }> },
  data: Uint8Array,
): Promise<void> {
  let at = 0;
  while (at < data.byteLength) {
    const { bytesWritten } = await file.write(data, at, Math.min(PIECE_BYTES, data.byteLength - at));
    at += bytesWritten;
  }
}
