import type { z } from 'zod';
import { requestProblem, WorldServerError } from './world-errors.ts';

/** The server that a world lives against. */
export interface WorldServer {
  readonly url: string;
  /**
   * Posts a JSON text. Where the server says that it is busy (429, 503) it is posted again after the time that the server
   * names, a few times; what is posted must bear to arrive twice.
   *
   * @returns the parsed answer
   * @throws {WorldServerError} where it does not answer, or with an error, or not as the schema says; the signal's reason
   */
  post<Parsed>(path: string, body: string, schema: z.ZodType<Parsed>): Promise<Parsed>;
  /** Waits until the server can recommend. @throws as {@link WorldServer.post} */
  ready(): Promise<void>;
}

/** What came back, whatever it says. */
interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

/** How often something is asked, at most. */
const TRIES_MAX = 5;

/** @param wait waits; ends early when the signal fires */
export function worldServer(
  url: string,
  { signal, wait }: { readonly signal: AbortSignal; readonly wait: (ms: number) => Promise<void> },
): WorldServer {
  /** Asks once. */
  async function ask(path: string, body: string | null): Promise<Answer> {
    const request = body === null ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    try {
      const response = await fetch(`${url}${path}`, { ...request, signal });
      return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() };
    } catch (cause) {
      signal.throwIfAborted();
      throw new WorldServerError(url, requestProblem(cause), cause);
    }
  }

  /** Asks until the server is not busy. */
  async function answerTo(path: string, body: string | null): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const { status, retryAfter, text } = await ask(path, body);
      if (status >= 200 && status < 300) return text;
      const isBusy = status === 429 || status === 503;
      if (!isBusy || attempt === TRIES_MAX) throw new WorldServerError(url, `it answered ${status} to ${path}: ${text.slice(0, 200)}`);
      await wait(1000 * secondsOf(retryAfter));
      signal.throwIfAborted();
    }
  }

  return {
    url,
    async post(path, body, schema) {
      const text = await answerTo(path, body);
      try {
        return schema.parse(JSON.parse(text));
      } catch (cause) {
        throw new WorldServerError(url, `its answer to ${path} is not that of a Nisus server: ${text.slice(0, 200)}`, cause);
      }
    },
    async ready() {
      await answerTo('/readyz', null);
    },
  };
}

/** A `Retry-After` in seconds; one second where there is none, or one that is a date. */
function secondsOf(retryAfter: string | null): number {
  return retryAfter !== null && /^\d{1,4}$/.test(retryAfter) ? Number(retryAfter) : 1;
}
