/**
 * Characters (UTF-16 code units, as `String.length`) that a user's or an item's id has at most. A longer one is rejected
 * at import, so that every id of a data set can be asked for over HTTP, where the same bound holds.
 */
export const ID_LENGTH_MAX = 256;

/** Whether an id's bytes are longer than {@link ID_LENGTH_MAX}. Costs a string only where there are more bytes than that. */
export function isIdTooLong(bytes: Uint8Array, start: number, end: number, encoding: 'utf-8' | 'latin-1'): boolean {
  // No encoding makes more code units than bytes.
  if (end - start <= ID_LENGTH_MAX) return false;
  if (encoding === 'latin-1') return true;
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8').length > ID_LENGTH_MAX;
}

/** Detail of such a reject. */
export function idTooLongDetail(what: string): string {
  return `the ${what} id is longer than ${ID_LENGTH_MAX} characters`;
}
