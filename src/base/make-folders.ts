import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that are missing; one that is there is left as it is.
 *
 * In place of the `recursive` option of Node's `mkdir`, which never returns where the system says that a folder's parent
 * is missing although it is there (Linux does so below `/proc`). Here each folder is tried at most twice.
 *
 * @throws The file system's own error, with code and path (no permission, a file in the way, no room).
 */
export async function makeFolders(path: string): Promise<void> {
  const folder = resolve(path);
  try {
    await mkdir(folder);
  } catch (error) {
    const parent = dirname(folder);
    if (codeOf(error) === 'ENOENT' && parent !== folder) {
      await makeFolders(parent);
      await mkdirUnlessThere(folder);
    } else await requireFolder(folder, error);
  }
}

async function mkdirUnlessThere(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    // Another process may have made it since.
    await requireFolder(folder, error);
  }
}

async function requireFolder(folder: string, otherwise: unknown): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() !== true) throw otherwise;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
