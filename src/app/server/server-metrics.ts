import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { BatchEvent } from './micro-batcher.ts';
import type { Recommendation } from './recommend-schema.ts';
import type { ModelInfo } from './recommendation-service.ts';

/** What the gauges read when they are collected. */
export interface LiveState {
  requestsInFlight(): number;
  queueLength(): number;
  rowsInFlight(): number;
  isReady(): boolean;
}

/** The counts and histograms of one server, in the Prometheus text format. */
export interface ServerMetrics {
  readonly contentType: string;
  /** For the metrics of a part of the server. */
  readonly registry: Registry;
  observeRequest(route: string, method: string, status: number, durationMs: number): void;
  observeRecommendation(recommendation: Recommendation): void;
  observeBatch(event: BatchEvent): void;
  setModel(model: ModelInfo): void;
  collect(): Promise<string>;
}

/** Buckets of durations. */
export const latencySeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Metrics in a registry of their own, the process's (CPU, memory, event loop lag, garbage collection) among them.
 *
 * Labels hold only what the server itself names (routes, statuses, sources), never what a client sent.
 */
export function createServerMetrics(live: LiveState): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const requests = new Counter({
    name: 'nisus_http_requests_total',
    help: 'Requests answered (status 499: the client left before the answer).',
    labelNames: ['route', 'method', 'status'] as const,
    registers,
  });
  const requestSeconds = new Histogram({
    name: 'nisus_http_request_duration_seconds',
    help: 'From the first byte of the request read to the last of the answer written.',
    labelNames: ['route', 'status'] as const,
    buckets: latencySeconds,
    registers,
  });
  const recommendations = new Counter({
    name: 'nisus_recommendations_total',
    help: 'Recommendations by what scored them and, for the popularity fallback, why.',
    labelNames: ['source', 'reason'] as const,
    registers,
  });
  const batchRows = new Histogram({
    name: 'nisus_batch_rows',
    help: 'Requests in one call of the model.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  const batchSeconds = new Histogram({
    name: 'nisus_batch_duration_seconds',
    help: 'Duration of one call of the model.',
    labelNames: ['result'] as const,
    buckets: latencySeconds,
    registers,
  });
  const batchWaitSeconds = new Histogram({
    name: 'nisus_batch_wait_seconds',
    help: 'How long the oldest request of a call had waited for it.',
    buckets: [0.0001, 0.00025, 0.0005, ...latencySeconds],
    registers,
  });
  const cells = new Counter({
    name: 'nisus_batch_cells_total',
    help: 'History positions handed to the model, filled with an item or padded.',
    labelNames: ['kind'] as const,
    registers,
  });
  const modelInfo = new Gauge({
    name: 'nisus_model_info',
    help: '1 for the model that is served.',
    labelNames: ['name', 'revision'] as const,
    registers,
  });
  gauge('nisus_http_requests_in_flight', 'Requests being served.', () => live.requestsInFlight());
  gauge('nisus_queue_length', 'Requests that wait for the model.', () => live.queueLength());
  gauge('nisus_rows_in_flight', 'Requests in a call of the model.', () => live.rowsInFlight());
  gauge('nisus_ready', '1 where the server takes requests, 0 while loading or draining.', () => Number(live.isReady()));

  function gauge(name: string, help: string, read: () => number): void {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read());
        },
      }),
    );
  }

  return {
    contentType: registry.contentType,
    registry,
    observeRequest(route, method, status, durationMs) {
      requests.inc({ route, method, status });
      requestSeconds.observe({ route, status }, durationMs / 1000);
    },
    observeRecommendation({ source, reason }) {
      recommendations.inc({ source, reason: reason ?? 'none' });
    },
    observeBatch(event) {
      batchRows.observe(event.rows);
      batchSeconds.observe({ result: event.failed ? 'failed' : 'ok' }, event.durationMs / 1000);
      batchWaitSeconds.observe(event.oldestWaitMs / 1000);
      cells.inc({ kind: 'filled' }, event.cells - event.paddedCells);
      cells.inc({ kind: 'padded' }, event.paddedCells);
    },
    setModel({ name, revision }) {
      modelInfo.reset();
      modelInfo.set({ name, revision }, 1);
    },
    collect: () => registry.metrics(),
  };
}
