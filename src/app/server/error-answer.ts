import { STATUS_CODES } from 'node:http';
import type { NisusError } from '../../base/error.ts';
import { LogBusyError, LogClosedError, LogWriteError } from '../../data/events/event-log-errors.ts';
import { BatcherClosedError, DeadlineExceededError, QueueFullError, RequestCancelledError } from './batching-errors.ts';
import { RequestRejectedError } from './request-rejected-error.ts';
import { NotReadyError } from './server-state.ts';

/** An answer that is not 2xx: its status, and the `error` of its body. */
export interface ErrorAnswer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Further keys of the body's `error`: the field at fault, the limit that was broken, … */
  readonly details: Readonly<Record<string, unknown>>;
  /** Seconds, for the header `Retry-After`; null where trying again is no use. */
  readonly retryAfterSeconds: number | null;
}

/** How much of a client's own text an error says back. */
const echoLengthMax = 100;

/** One finding of the schema validator, as far as it is read here. */
interface SchemaFinding {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

interface FrameworkError {
  readonly code?: string;
  readonly statusCode?: number;
  readonly validation?: readonly SchemaFinding[];
}

/**
 * What to answer when `error` was thrown while serving a request.
 *
 * Everything that is not known to be the client's doing is a 500 that says nothing of the inside; the caller logs it.
 */
export function toErrorAnswer(error: unknown, limits: { bodyBytesMax: number }): ErrorAnswer {
  if (error instanceof RequestRejectedError) return answer(error.status, error.code, error.message, error.fields);
  if (isTemporary(error)) return { ...answer(503, error.code, error.message, error.fields), retryAfterSeconds: 1 };
  if (error instanceof LogBusyError) {
    const message = 'too many events wait to be written; send the batch again';
    return { ...answer(429, error.code, message, error.fields), retryAfterSeconds: 1 };
  }
  if (error instanceof LogWriteError || error instanceof LogClosedError) {
    // Where the log lies and what its disk said is for the server's own log.
    const message = 'the event log takes nothing now; nothing of the batch was stored, send it again';
    return { ...answer(503, 'LOG_UNAVAILABLE', message), retryAfterSeconds: 5 };
  }
  const { code, statusCode, validation } = (error ?? {}) as FrameworkError;
  if (validation !== undefined) return describeFindings(validation);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const message = `the body is larger than ${limits.bodyBytesMax} bytes`;
    return answer(413, 'BODY_TOO_LARGE', message, { limitBytes: limits.bodyBytesMax });
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return unsupportedContentType();
  if (code === 'FST_ERR_BAD_URL') return answer(400, 'URL_MALFORMED', 'the path of the URL cannot be decoded');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return answer(statusCode, 'REQUEST_INVALID', STATUS_CODES[statusCode] ?? 'the request is not valid');
  }
  return answer(500, 'INTERNAL', 'something failed inside the server; the request id finds it in the log');
}

/** The 415 of every body that is not plain JSON. */
export function unsupportedContentType(): ErrorAnswer {
  const message = 'send the body as application/json in UTF-8, without content encoding';
  return answer(415, 'CONTENT_TYPE_UNSUPPORTED', message, { expected: 'application/json' });
}

/** The body of an {@link ErrorAnswer}. */
export function errorBody(error: ErrorAnswer, requestId?: string): Record<string, unknown> {
  const { code, message, details } = error;
  return { error: { code, message, ...(requestId === undefined ? {} : { requestId }), ...details } };
}

/** An answer without `Retry-After`. */
export function answer(status: number, code: string, message: string, details: Readonly<Record<string, unknown>> = {}): ErrorAnswer {
  return { status, code, message, details, retryAfterSeconds: null };
}

function isTemporary(error: unknown): error is NisusError {
  return (
    error instanceof NotReadyError ||
    error instanceof QueueFullError ||
    error instanceof DeadlineExceededError ||
    error instanceof BatcherClosedError ||
    error instanceof RequestCancelledError
  );
}

function describeFindings(findings: readonly SchemaFinding[]): ErrorAnswer {
  const finding = mostTelling(findings);
  const at = fieldOf(finding.instancePath);
  if (finding.keyword === 'additionalProperties') {
    const name = String(finding.params['additionalProperty']);
    const field = shorten(at === '' ? name : `${at}.${name}`);
    return answer(400, 'FIELD_UNKNOWN', `the field "${field}" is not known; see /openapi.json`, { field });
  }
  if (finding.keyword === 'required') {
    const name = String(finding.params['missingProperty']);
    const field = shorten(at === '' ? name : `${at}.${name}`);
    return answer(400, 'FIELD_MISSING', `the field "${field}" is missing`, { field });
  }
  const expected = finding.keyword === 'anyOf' ? 'must be an item id or {itemId, timeMs}' : (finding.message ?? 'is not valid');
  const field = at === '' ? 'body' : at;
  return answer(400, 'FIELD_INVALID', `${field} ${expected}`, { field, rule: finding.keyword, ...finding.params });
}

/**
 * Of an `anyOf` the validator tells why each branch failed. The branch that was meant is the one that got past the
 * value's own type; where none did, the `anyOf` itself says most.
 */
function mostTelling(findings: readonly SchemaFinding[]): SchemaFinding {
  const choice = findings.find(({ keyword }) => keyword === 'anyOf');
  if (choice === undefined) return findings[0]!;
  const meant = findings.find(({ keyword, instancePath }) => {
    return keyword !== 'anyOf' && !(keyword === 'type' && instancePath === choice.instancePath);
  });
  return meant ?? choice;
}

/** From a JSON pointer to the way a field is written: `/history/3/timeMs` is `history[3].timeMs`. */
function fieldOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part.replaceAll('~1', '/').replaceAll('~0', '~')}`))
    .join('')
    .replace(/^\./, '');
}

function shorten(text: string): string {
  return text.length <= echoLengthMax ? text : `${text.slice(0, echoLengthMax)}…`;
}
