import { open, type FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import { writeFileAtomically } from './atomic-file.ts';
import { NisusError } from './error.ts';
import { parseSafetensorsHeader, type SafetensorsHeader } from './safetensors-header.ts';
import { elementBytes, SafetensorsFormatError, type SafetensorsDtype } from './safetensors-format.ts';

export { SafetensorsFormatError, type SafetensorsDtype } from './safetensors-format.ts';

/** A named array in a safetensors file; `data` is row-major and holds exactly the product of `shape` elements. */
export type SafetensorsTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'F64'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'I64'; readonly shape: readonly number[]; readonly data: BigInt64Array }
  | { readonly dtype: 'U8' | 'BOOL'; readonly shape: readonly number[]; readonly data: Uint8Array };

/** What {@link readSafetensors} returns. */
export interface SafetensorsFile {
  /** In the order in which they stand in the file. */
  readonly tensors: Map<string, SafetensorsTensor>;
  readonly metadata: Record<string, string>;
}

/** Thrown when {@link writeSafetensors} is given a tensor whose shape, dtype and data do not fit together. */
export class SafetensorsInputError extends NisusError {
  constructor(tensor: string, problem: string, fields: Record<string, unknown> = {}) {
    super('SAFETENSORS_INPUT', `Cannot write tensor "${tensor}": ${problem}`, { fields: { tensor, ...fields } });
  }
}

/** Thrown when a safetensors file cannot be opened or read (missing, no permission, a folder). */
export class SafetensorsUnreadableError extends NisusError {
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super('SAFETENSORS_UNREADABLE', `Cannot read the safetensors file ${path}: ${reason}`, { fields: { path }, cause });
  }
}

/**
 * Writes tensors as a safetensors file (https://github.com/huggingface/safetensors, "Format"): 8 bytes header length
 * (u64, little-endian), a JSON header, then the raw little-endian data with no holes.
 *
 * The header is padded with spaces so that the data begins at a multiple of 8; wide elements stand before narrow ones
 * (ties: by name), so that every tensor is aligned to its own element size. Same tensors, same metadata: same bytes.
 * Written through a temporary file, flushed and renamed: a kill leaves the old file whole. The data is not copied.
 *
 * @throws {SafetensorsInputError} where a shape, a dtype and the data do not fit together.
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, SafetensorsTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  requireLittleEndian();
  const names = Object.keys(tensors).sort((a, b) => {
    const byWidth = elementBytes(tensors[b]!.dtype) - elementBytes(tensors[a]!.dtype);
    return byWidth !== 0 ? byWidth : a < b ? -1 : 1;
  });
  const entries: [string, unknown][] = [];
  const parts: Uint8Array[] = [];
  if (Object.keys(metadata).length > 0) {
    const ordered = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
    entries.push(['__metadata__', Object.fromEntries(ordered)]);
  }
  let at = 0;
  for (const name of names) {
    const tensor = tensors[name]!;
    checkTensor(name, tensor);
    const end = at + tensor.data.byteLength;
    entries.push([name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [at, end] }]);
    parts.push(new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
    at = end;
  }
  // Written member by member: an object would move integer-like names to the front.
  const members = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const json = Buffer.from(`{${members.join(',')}}`);
  const header = Buffer.alloc(8 + Math.ceil(json.byteLength / 8) * 8, ' ');
  header.writeBigUInt64LE(BigInt(header.byteLength - 8), 0);
  json.copy(header, 8);
  await writeFileAtomically(path, [header, ...parts]);
}

/**
 * Reads a safetensors file. Every tensor gets memory of its own, so dropping one frees it.
 *
 * All bounds are checked before a byte of data is read: header length, dtypes, shapes, offsets without holes or
 * overlap, file size.
 *
 * @param options.names Read only these tensors (default: all). A name that the file lacks is an error.
 * @throws {SafetensorsUnreadableError} where the file cannot be opened or read.
 * @throws {SafetensorsFormatError} where the content breaks the format, saying which rule and where.
 */
export async function readSafetensors(path: string, options: { readonly names?: readonly string[] } = {}): Promise<SafetensorsFile> {
  requireLittleEndian();
  return withFile(path, async (file) => {
    const header = await readHeader(file, path);
    const tensors = new Map<string, SafetensorsTensor>();
    for (const name of options.names ?? []) {
      if (!header.tensors.has(name)) {
        const has = [...header.tensors.keys()].join(', ') || 'none';
        throw new SafetensorsFormatError(path, `it has no tensor "${name}" (it has: ${has}).`, { tensor: name });
      }
    }
    for (const [name, { dtype, shape, begin, end }] of header.tensors) {
      if (options.names !== undefined && !options.names.includes(name)) continue;
      const bytes = new Uint8Array(end - begin);
      await readWhole(file, path, bytes, header.dataStart + begin);
      tensors.set(name, view(dtype, shape, bytes.buffer));
    }
    return { tensors, metadata: header.metadata };
  });
}

/** Reads only the header: names, dtypes, shapes and metadata, checked against the file's size. */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  return withFile(path, (file) => readHeader(file, path));
}

function requireLittleEndian(): void {
  if (endianness() !== 'LE') {
    throw new NisusError('BIG_ENDIAN_MACHINE', 'Safetensors files need a little-endian machine; this one is big-endian.');
  }
}

function checkTensor(name: string, tensor: SafetensorsTensor): void {
  const { dtype, shape, data } = tensor;
  if (name === '__metadata__') throw new SafetensorsInputError(name, 'the name is reserved; choose another.');
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    throw new SafetensorsInputError(name, `shape [${shape.join(', ')}] must hold integers from 0 up.`, { shape });
  }
  const wanted = view(dtype, [], new ArrayBuffer(0)).data.constructor;
  if (data.constructor !== wanted) {
    throw new SafetensorsInputError(name, `dtype ${dtype} needs a ${wanted.name}, got a ${data.constructor.name}.`);
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) {
    throw new SafetensorsInputError(name, `shape [${shape.join(', ')}] means ${count} elements, but the data has ${data.length}.`, {
      shape,
      length: data.length,
    });
  }
}

async function withFile<Result>(path: string, use: (file: FileHandle) => Promise<Result>): Promise<Result> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new SafetensorsUnreadableError(path, cause);
  });
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function readHeader(file: FileHandle, path: string): Promise<SafetensorsHeader> {
  const stat = await file.stat();
  if (!stat.isFile()) throw new SafetensorsUnreadableError(path, new Error('it is not a file'));
  if (stat.size < 8) {
    throw new SafetensorsFormatError(path, `it has ${stat.size} bytes, fewer than the 8 of the header length.`);
  }
  const lengthBytes = Buffer.alloc(8);
  await readWhole(file, path, lengthBytes, 0);
  const length = lengthBytes.readBigUInt64LE(0);
  if (length > BigInt(stat.size - 8)) {
    throw new SafetensorsFormatError(
      path,
      `the header claims ${length} bytes, but only ${stat.size - 8} follow. Is the file cut off, or not safetensors?`,
    );
  }
  const json = Buffer.alloc(Number(length));
  await readWhole(file, path, json, 8);
  return parseSafetensorsHeader(path, json, stat.size);
}

const PIECE_BYTES = 1024 * 1024 * 1024;

async function readWhole(file: FileHandle, path: string, into: Uint8Array, position: number): Promise<void> {
  let at = 0;
  while (at < into.byteLength) {
    const length = Math.min(PIECE_BYTES, into.byteLength - at);
    const { bytesRead } = await file.read(into, at, length, position + at).catch((cause: unknown) => {
      throw new SafetensorsUnreadableError(path, cause);
    });
    if (bytesRead === 0) {
      throw new SafetensorsFormatError(path, `it ended at byte ${position + at} while it was being read.`);
    }
    at += bytesRead;
  }
}

function view(dtype: SafetensorsDtype, shape: readonly number[], buffer: ArrayBuffer): SafetensorsTensor {
  switch (dtype) {
    case 'F32':
      return { dtype, shape, data: new Float32Array(buffer) };
    case 'F64':
      return { dtype, shape, data: new Float64Array(buffer) };
    case 'I32':
      return { dtype, shape, data: new Int32Array(buffer) };
    case 'I64':
      return { dtype, shape, data: new BigInt64Array(buffer) };
    case 'U8':
    case 'BOOL':
      return { dtype, shape, data: new Uint8Array(buffer) };
  }
}
