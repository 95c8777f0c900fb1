import { NisusError } from './error.ts';

/** Element types that Nisus reads and writes, by their names in the file. BOOL is one byte, 0 or 1. */
export type SafetensorsDtype = 'F32' | 'F64' | 'I32' | 'I64' | 'U8' | 'BOOL';

const ELEMENT_BYTES: Readonly<Record<SafetensorsDtype, number>> = { F32: 4, F64: 8, I32: 4, I64: 8, U8: 1, BOOL: 1 };

/** Bytes of one element. */
export function elementBytes(dtype: SafetensorsDtype): number {
  return ELEMENT_BYTES[dtype];
}

/** Whether a header's dtype is one of those that Nisus reads. */
export function isSafetensorsDtype(value: unknown): value is SafetensorsDtype {
  return typeof value === 'string' && Object.hasOwn(ELEMENT_BYTES, value);
}

/** Thrown when a file breaks the safetensors format, uses a dtype that Nisus does not read, or lacks a tensor. */
export class SafetensorsFormatError extends NisusError {
  constructor(path: string, problem: string, fields: Record<string, unknown> = {}, cause?: unknown) {
    super('SAFETENSORS_FORMAT', `${path} is not a readable safetensors file: ${problem}`, {
      fields: { path, ...fields },
      cause,
    });
  }
}
