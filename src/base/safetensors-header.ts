import { elementBytes, isSafetensorsDtype, SafetensorsFormatError, type SafetensorsDtype } from './safetensors-format.ts';

/** Where a tensor stands in a safetensors file. */
export interface SafetensorsEntry {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** First byte, counted from the start of the data. */
  readonly begin: number;
  /** One past the last byte, counted from the start of the data. */
  readonly end: number;
}

/** A checked header. */
export interface SafetensorsHeader {
  /** In file order. */
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: Record<string, string>;
  /** First byte of the data in the file. */
  readonly dataStart: number;
}

/**
 * Parses and checks a safetensors header: JSON object, known dtypes, integer shapes, each tensor's byte count equal to
 * its shape's, offsets that cover the data with neither hole nor overlap.
 *
 * @param json The header's bytes, without the 8 bytes of its length.
 * @param fileBytes Size of the whole file.
 * @throws {SafetensorsFormatError}
 */
export function parseSafetensorsHeader(path: string, json: Buffer, fileBytes: number): SafetensorsHeader {
  const dataStart = 8 + json.byteLength;
  const dataBytes = fileBytes - dataStart;
  let parsed: unknown;
  try {
    parsed = JSON.parse(json.toString('utf8'));
  } catch (cause) {
    throw new SafetensorsFormatError(path, 'its header is not valid JSON.', {}, cause);
  }
  if (!isRecord(parsed)) throw new SafetensorsFormatError(path, 'its header is not a JSON object.');

  const metadata: Record<string, string> = {};
  const entries: [string, SafetensorsEntry][] = [];
  for (const [name, value] of Object.entries(parsed)) {
    if (name === '__metadata__') Object.assign(metadata, checkMetadata(path, value));
    else entries.push([name, checkEntry(path, name, value)]);
  }
  entries.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const [name, { begin, end }] of entries) {
    if (begin !== at) {
      const problem = `tensor "${name}" begins at data byte ${begin}, expected ${at} (no holes, no overlap).`;
      throw new SafetensorsFormatError(path, problem, { tensor: name, begin, expected: at });
    }
    at = end;
  }
  if (at !== dataBytes) {
    const problem = `its tensors take ${at} bytes of data, but the file holds ${dataBytes}. Is it cut off?`;
    throw new SafetensorsFormatError(path, problem, { expected: at, found: dataBytes });
  }
  return { tensors: new Map(entries), metadata, dataStart };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkMetadata(path: string, value: unknown): Record<string, string> {
  if (isRecord(value) && Object.values(value).every((text) => typeof text === 'string')) {
    return value as Record<string, string>;
  }
  throw new SafetensorsFormatError(path, '"__metadata__" must be an object of strings.');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function checkEntry(path: string, name: string, value: unknown): SafetensorsEntry {
  const fail = (problem: string): never => {
    throw new SafetensorsFormatError(path, `tensor "${name}" ${problem}`, { tensor: name });
  };
  if (!isRecord(value)) return fail('is not described by an object.');
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isSafetensorsDtype(dtype)) {
    return fail(`has dtype ${JSON.stringify(dtype)}; F32, F64, I32, I64, U8 and BOOL are supported.`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    return fail(`has shape ${JSON.stringify(shape)}, expected integers from 0 up.`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    return fail(`has data_offsets ${JSON.stringify(offsets)}, expected [begin, end].`);
  }
  const [begin, end] = offsets as [number, number];
  const bytes = (shape as number[]).reduce((product, size) => product * size, elementBytes(dtype));
  if (end - begin !== bytes) {
    return fail(`of shape [${shape.join(', ')}] and dtype ${dtype} needs ${bytes} bytes, its offsets span ${end - begin}.`);
  }
  return { dtype, shape: shape as number[], begin, end };
}
