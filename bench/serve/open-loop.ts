import { Agent, request as httpRequest } from 'node:http';

/** What to send, when, and where to. */
export interface LoadPlan {
  readonly url: string;
  /** Intended send times in milliseconds from the start, ascending. */
  readonly arrivalsMs: Float64Array;
  /** Sent in turn, round and round. */
  readonly bodies: readonly string[];
  /** How many items an answer has to hold. */
  readonly k: number;
  /** Keep-alive connections, at most. */
  readonly connectionsMax: number;
  /** After this long a request counts as an error. */
  readonly timeoutMs: number;
}

/** What came of a {@link LoadPlan}. */
export interface LoadResult {
  /** Of the requests that were answered well: from the *intended* send time to the last byte, ascending. */
  readonly latenciesMs: Float64Array;
  /** How late each request was sent, ascending: the load generator's own share of the latency. */
  readonly sendDelaysMs: Float64Array;
  /** Requests that were not answered well, by what was wrong. */
  readonly errors: Readonly<Record<string, number>>;
  /** From the start to the last answer. */
  readonly durationMs: number;
}

/**
 * Sends requests at their times whatever the answers do (open loop).
 *
 * A latency counts from the time at which the request was *meant* to be sent: a request that had to wait because the
 * server (or this client) was behind has that wait in its latency. So there is no coordinated omission.
 */
export function runOpenLoop(plan: LoadPlan): Promise<LoadResult> {
  const { arrivalsMs, bodies } = plan;
  const agent = new Agent({ keepAlive: true, maxSockets: plan.connectionsMax, maxFreeSockets: plan.connectionsMax });
  const target = new URL(plan.url);
  const latenciesMs: number[] = [];
  const sendDelaysMs = new Float64Array(arrivalsMs.length);
  const errors: Record<string, number> = {};
  let sent = 0;
  let settled = 0;

  return new Promise((resolve) => {
    const startMs = performance.now();

    function settle(error: string | undefined, arrivalMs: number): void {
      if (error === undefined) latenciesMs.push(performance.now() - startMs - arrivalMs);
      else errors[error] = (errors[error] ?? 0) + 1;
      if (++settled < arrivalsMs.length) return;
      const durationMs = performance.now() - startMs;
      agent.destroy();
      resolve({ latenciesMs: Float64Array.from(latenciesMs).sort(), sendDelaysMs: sendDelaysMs.sort(), errors, durationMs });
    }

    function send(index: number, arrivalMs: number): void {
      const body = bodies[index % bodies.length]!;
      let isSettled = false;
      const once = (error?: string) => {
        if (isSettled) return;
        isSettled = true;
        settle(error, arrivalMs);
      };
      const request = httpRequest(
        {
          agent,
          host: target.hostname,
          port: target.port,
          path: target.pathname,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
          timeout: plan.timeoutMs,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => once(judge(response.statusCode, Buffer.concat(chunks), plan.k)));
          response.on('error', (error: NodeJS.ErrnoException) => once(error.code ?? 'response'));
        },
      );
      request.on('timeout', () => request.destroy(new Error('timeout')));
      request.on('error', (error: NodeJS.ErrnoException) => once(error.code ?? error.message));
      request.end(body);
    }

    function sendDue(): void {
      const nowMs = performance.now() - startMs;
      while (sent < arrivalsMs.length && arrivalsMs[sent]! <= nowMs) {
        sendDelaysMs[sent] = performance.now() - startMs - arrivalsMs[sent]!;
        send(sent, arrivalsMs[sent]!);
        sent++;
      }
      if (sent < arrivalsMs.length) setTimeout(sendDue, Math.max(0, arrivalsMs[sent]! - (performance.now() - startMs)));
    }

    sendDue();
  });
}

/** What is wrong with an answer; undefined where nothing is. */
function judge(status: number | undefined, body: Buffer, k: number): string | undefined {
  if (status !== 200) return `status ${status}`;
  const { items } = JSON.parse(body.toString('utf8')) as { items?: unknown[] };
  return items?.length === k ? undefined : `${items?.length} items`;
}
