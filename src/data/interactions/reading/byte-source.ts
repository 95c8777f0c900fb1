import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip, gunzipSync, constants } from 'node:zlib';
import { CompressedUnreadableError, SourceMissingError } from '../import-errors.ts';

/** A file to import, with its first bytes at hand for telling its format. */
export interface SourceFile {
  readonly path: string;
  /** Lower-case base name without `.gz`. */
  readonly baseName: string;
  /** Lower-case, with the dot, without `.gz`; empty where there is none. */
  readonly extension: string;
  readonly compressed: boolean;
  /** Size on disk. */
  readonly bytes: number;
  /** The first bytes, decompressed, at most {@link HEAD_BYTES}. */
  readonly head: Uint8Array;
  /** Whether `head` is the whole content. */
  readonly headIsAll: boolean;
}

/** How much of a file is looked at before its format is chosen. */
export const HEAD_BYTES = 64 * 1024;

const CHUNK_BYTES = 1024 * 1024;

/**
 * Opens a file far enough to tell what it is. Compression is told by gzip's magic bytes, not by the name.
 *
 * @throws {SourceMissingError}, {@link CompressedUnreadableError}
 */
export async function openSource(path: string): Promise<SourceFile> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new SourceMissingError(path, cause);
  });
  let raw: Buffer;
  let size: number;
  try {
    size = (await file.stat()).size;
    raw = Buffer.alloc(Math.min(size, HEAD_BYTES));
    const { bytesRead } = await file.read(raw, 0, raw.byteLength, 0);
    raw = raw.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
  const compressed = raw.byteLength >= 2 && raw[0] === 0x1f && raw[1] === 0x8b;
  const baseName = baseNameOf(path);
  const dot = baseName.lastIndexOf('.');
  let head: Uint8Array = raw;
  let headIsAll = raw.byteLength === size;
  if (compressed) {
    try {
      // Of a longer file a sync flush gives what the first bytes hold without asking for the end of the stream.
      const plain = gunzipSync(raw, headIsAll ? {} : { finishFlush: constants.Z_SYNC_FLUSH });
      headIsAll = headIsAll && plain.byteLength <= HEAD_BYTES;
      head = plain.subarray(0, HEAD_BYTES);
    } catch (cause) {
      throw new CompressedUnreadableError(path, cause);
    }
  }
  return { path, baseName, extension: dot > 0 ? baseName.slice(dot) : '', compressed, bytes: size, head, headIsAll };
}

function baseNameOf(path: string): string {
  const name = path.replaceAll('\\', '/').split('/').at(-1)!.toLowerCase();
  return name.endsWith('.gz') ? name.slice(0, -3) : name;
}

/** Whether the path is a folder. @throws {SourceMissingError} where there is nothing. */
export async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new SourceMissingError(path, cause);
  });
  return found.isDirectory();
}

/**
 * The file's content in chunks of about 1 MiB, decompressed.
 *
 * @param onBytes Told how many bytes of the file (compressed, where it is) have been read.
 * @throws {CompressedUnreadableError} where a gzip file is cut off or damaged; the signal's reason where it fires.
 */
export async function* readChunks(
  file: Pick<SourceFile, 'path' | 'compressed'>,
  options: { readonly signal?: AbortSignal | undefined; readonly onBytes?: (bytes: number) => void } = {},
): AsyncGenerator<Uint8Array> {
  const input = createReadStream(file.path, { highWaterMark: CHUNK_BYTES });
  let failure: unknown = null;
  let stream: Readable = input;
  if (file.compressed) {
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
    input.on('error', (error) => gunzip.destroy(error));
    gunzip.on('error', (error) => (failure = error));
    stream = input.pipe(gunzip);
  }
  try {
    for await (const chunk of stream) {
      options.signal?.throwIfAborted();
      options.onBytes?.(input.bytesRead);
      yield chunk as Uint8Array;
    }
    options.onBytes?.(input.bytesRead);
  } catch (error) {
    if (failure !== null && error === failure && isZlibError(error)) throw new CompressedUnreadableError(file.path, error);
    throw error;
  } finally {
    input.destroy();
    stream.destroy();
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
