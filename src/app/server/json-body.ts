import { isUtf8 } from 'node:buffer';
import { RequestRejectedError } from './request-rejected-error.ts';

/** How deep a body may nest; the deepest valid request has 3 levels. */
export const bodyDepthMax = 16;

const quote = 0x22;
const backslash = 0x5c;

/**
 * Parses a request's body as strict JSON in UTF-8.
 *
 * Beyond `JSON.parse` it refuses what that lets through in silence: bytes that are not UTF-8 (which would turn into
 * another id), a key that stands twice in one object (where the last would win), and deep nesting.
 * A `__proto__` key becomes an own property like any other, for the schema to refuse as an unknown field.
 *
 * Cost: two passes over the body.
 *
 * @throws RequestRejectedError with the code BODY_EMPTY, BODY_MALFORMED, BODY_TOO_DEEP or FIELD_DUPLICATE
 */
export function parseJsonBody(body: Buffer): unknown {
  requireText(body);
  const { depth, keyCount } = measure(body);
  if (depth > bodyDepthMax) {
    const message = `the body nests deeper than ${bodyDepthMax} levels`;
    throw new RequestRejectedError(400, 'BODY_TOO_DEEP', message, { depthMax: bodyDepthMax });
  }
  const value = parseText(body);
  if (countKeys(value) !== keyCount) throw duplicateField();
  return value;
}

/** @throws RequestRejectedError where a body is empty or not UTF-8 */
export function requireText(body: Buffer): void {
  if (body.length === 0) throw new RequestRejectedError(400, 'BODY_EMPTY', 'the body is empty; send a JSON object');
  if (!isUtf8(body)) throw new RequestRejectedError(400, 'BODY_MALFORMED', 'the body is not UTF-8');
}

/** The error of a body where a key stands twice in one object. */
export function duplicateField(): RequestRejectedError {
  return new RequestRejectedError(400, 'FIELD_DUPLICATE', 'an object of the body has the same key twice; keep one');
}

/** `JSON.parse` with the error of a request. @throws RequestRejectedError */
export function parseText(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    const detail = error instanceof SyntaxError ? error.message : 'it cannot be parsed';
    throw new RequestRejectedError(400, 'BODY_MALFORMED', `the body is not JSON: ${detail}`);
  }
}

/**
 * Nesting and number of keys of a JSON text, told by its brackets and by the colons outside of strings. Means nothing
 * for a text that is not JSON, which the parser refuses next.
 */
function measure(body: Buffer): { depth: number; keyCount: number } {
  let depth = 0;
  let level = 0;
  let keyCount = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!;
    if (byte === quote) at = endOfString(body, at);
    else if (byte === 0x3a) keyCount++;
    else if (byte === 0x5b || byte === 0x7b) depth = Math.max(depth, ++level);
    else if (byte === 0x5d || byte === 0x7d) level--;
  }
  return { depth, keyCount };
}

/** Place of the quote that ends the string whose first quote is at `start`. */
export function endOfString(body: Buffer, start: number): number {
  let at = start + 1;
  while (at < body.length && body[at] !== quote) at += body[at] === backslash ? 2 : 1;
  return at;
}

/** Keys of all objects in a value. It recurses: the value must be known to nest no deeper than {@link bodyDepthMax}. */
export function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const entry of value) count += countKeys(entry);
    return count;
  }
  for (const key of Object.keys(value)) count += 1 + countKeys((value as Record<string, unknown>)[key]);
  return count;
}
