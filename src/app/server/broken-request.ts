import type { Duplex } from 'node:stream';
import { answer, errorBody } from './error-answer.ts';

/**
 * Answers what the HTTP parser itself could not read (no request exists yet, so no route and no id), and ends the
 * connection: after a broken request nobody knows where the next one starts.
 */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, line, body } = describe(error.code);
  socket.end(
    `HTTP/1.1 ${status} ${line}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function describe(code: string | undefined): { status: number; line: string; body: string } {
  const [status, line, errorCode, message] = causes[code ?? ''] ?? [400, 'Bad Request', 'HTTP_MALFORMED', 'this is not HTTP/1.1'];
  return { status, line, body: JSON.stringify(errorBody(answer(status, errorCode, message))) };
}

const causes: Record<string, readonly [number, string, string, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'HEADERS_TOO_LARGE', 'the headers are too large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Payload Too Large', 'BODY_TOO_LARGE', 'the chunk extensions are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'REQUEST_TIMEOUT', 'the request did not arrive in time'],
};
