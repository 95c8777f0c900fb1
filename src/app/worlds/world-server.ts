import { requestProblem, WorldServerError } from './world-errors.ts';

/** The server that a world lives against. */
export interface WorldServer {
  readonly url: string;
  /**
   * Posts a JSON text. Where the server says that it is busy (429, 503) it is posted again after the time that the server
   * names, a few times; what is posted must bear to arrive twice.
   *
   * @returns the parsed answer
   * @throws {WorldServerError} where it does not answer, or with an error; the signal's reason
   */
  post(path: string, body: string): Promise<unknown>;
}

/** How often something is posted, at most. */
const TRIES_MAX = 5;

/** @param wait waits; ends early when the signal fires */
export function worldServer(
  url: string,
  { signal, wait }: { readonly signal: AbortSignal; readonly wait: (ms: number) => Promise<void> },
): WorldServer {
  /** Asks once. */
  async function ask(
    path: string,
    body: string,
  ): Promise<{ readonly status: number; readonly retryAfter: string | null; readonly text: string }> {
    try {
      const response = await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal });
      return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() };
    } catch (cause) {
      signal.throwIfAborted();
      throw new WorldServerError(url, requestProblem(cause), cause);
    }
  }
  return {
    url,
    async post(path, body) {
      for (let attempt = 1; ; attempt++) {
        const { status, retryAfter, text } = await ask(path, body);
        if (status >= 200 && status < 300) return parsed(url, path, text);
        const isBusy = status === 429 || status === 503;
        if (!isBusy || attempt === TRIES_MAX) throw new WorldServerError(url, `it answered ${status} to ${path}: ${text.slice(0, 200)}`);
        await wait(1000 * secondsOf(retryAfter));
        signal.throwIfAborted();
      }
    },
  };
}

function parsed(url: string, path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new WorldServerError(url, `its answer to ${path} is not JSON: ${text.slice(0, 200)}`, cause);
  }
}

/** A `Retry-After` in seconds; one second where there is none, or one that is a date. */
function secondsOf(retryAfter: string | null): number {
  return retryAfter !== null && /^\d{1,4}$/.test(retryAfter) ? Number(retryAfter) : 1;
}
