import { closeSync, fsyncSync, ftruncateSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { NisusError } from '../../../base/error.ts';
import type { RowStorage } from './row-storage.ts';

/** Thrown when a table's file has another size than its rows need. */
export class TableFileError extends NisusError {
  constructor(path: string, foundBytes: number, expectedBytes: number) {
    super(
      'TABLE_FILE_SIZE',
      `table file ${path} has ${foundBytes} bytes, its rows need ${expectedBytes}; open it with the sizes it was made with`,
      {
        fields: { path, foundBytes, expectedBytes },
      },
    );
  }
}

const bytesPerFloat = 4;

interface Page {
  readonly values: Float32Array;
  dirty: boolean;
}

/**
 * Rows in a file, a bounded number of pages of them in memory: a table may be larger than memory.
 *
 * Pages are kept in order of last use; the oldest goes when room is needed, written first if it changed. A read or write
 * of a cached row costs a copy, of another one a page read. A new file starts as zeros (and sparse on disk).
 *
 * @param options.cachedBytesMax memory for pages; default 256 MiB
 * @param options.rowsPerPage default 64
 * @throws {TableFileError}
 */
export function fileStorage(
  path: string,
  rows: number,
  width: number,
  options: { readonly cachedBytesMax?: number; readonly rowsPerPage?: number } = {},
): RowStorage {
  const { cachedBytesMax = 256 << 20, rowsPerPage = 64 } = options;
  const pageFloats = rowsPerPage * width;
  const pageBytes = pageFloats * bytesPerFloat;
  const pagesMax = Math.max(1, Math.floor(cachedBytesMax / pageBytes));
  const pageCount = Math.ceil(rows / rowsPerPage);
  const file = openOrCreate(path, pageCount * pageBytes);
  // A Map keeps insertion order, which here is order of last use.
  const pages = new Map<number, Page>();

  function store(index: number, page: Page): void {
    writeSync(file, page.values, 0, pageBytes, index * pageBytes);
    page.dirty = false;
  }

  function pageOf(index: number): Page {
    const cached = pages.get(index);
    if (cached !== undefined) {
      pages.delete(index);
      pages.set(index, cached);
      return cached;
    }
    let values: Float32Array | undefined;
    if (pages.size >= pagesMax) {
      const [oldest, page] = pages.entries().next().value!;
      if (page.dirty) store(oldest, page);
      pages.delete(oldest);
      values = page.values;
    }
    const page: Page = { values: values ?? new Float32Array(pageFloats), dirty: false };
    readSync(file, page.values, 0, pageBytes, index * pageBytes);
    pages.set(index, page);
    return page;
  }

  return {
    rows,
    width,
    read(ids, into) {
      for (let at = 0; at < ids.length; at++) {
        const id = ids[at]!;
        const start = (id % rowsPerPage) * width;
        into.set(pageOf(Math.floor(id / rowsPerPage)).values.subarray(start, start + width), at * width);
      }
    },
    write(ids, from) {
      for (let at = 0; at < ids.length; at++) {
        const id = ids[at]!;
        const page = pageOf(Math.floor(id / rowsPerPage));
        page.values.set(from.subarray(at * width, (at + 1) * width), (id % rowsPerPage) * width);
        page.dirty = true;
      }
    },
    flush() {
      for (const [index, page] of pages) if (page.dirty) store(index, page);
      fsyncSync(file);
    },
    close() {
      this.flush();
      pages.clear();
      closeSync(file);
    },
  };
}

function openOrCreate(path: string, bytes: number): number {
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    file = openSync(path, 'wx+');
    ftruncateSync(file, bytes);
    return file;
  }
  const found = fstatSync(file).size;
  if (found !== bytes) {
    closeSync(file);
    throw new TableFileError(path, found, bytes);
  }
  return file;
}
