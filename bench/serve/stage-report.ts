import type { LoadReport } from './load-job.ts';

/** One rate offered to one server. */
export interface Stage {
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly report: LoadReport;
  /** CPU time of the server while measuring; null where the system does not tell. */
  readonly serverCpuMs: number | null;
}

/** What a stage says, in figures. */
export interface StageFigures {
  readonly ratePerSecond: number;
  /** Requests answered well, a second, until the last answer. */
  readonly achievedPerSecond: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** 99th percentile of how late the load generator sent: its own share of the latency. */
  readonly sendDelayP99Ms: number;
  /** Cores in use, on average. */
  readonly serverCores: number | null;
  readonly clientCores: number;
}

/** The bar of the gate: what makes a rate count as held. */
export const bar = { p99MsMax: 25, ratePerSecond: 200 } as const;

/**
 * The value below which a share of the sorted values lies (nearest rank: always one that was measured); NaN where there
 * are none.
 */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function stageFigures({ ratePerSecond, seconds, report, serverCpuMs }: Stage): StageFigures {
  const { latenciesMs, sendDelaysMs, errors, durationMs, cpuMs } = report;
  return {
    ratePerSecond,
    achievedPerSecond: (latenciesMs.length * 1000) / Math.max(durationMs, seconds * 1000),
    errors: Object.values(errors).reduce((sum, count) => sum + count, 0),
    p50Ms: percentile(latenciesMs, 0.5),
    p95Ms: percentile(latenciesMs, 0.95),
    p99Ms: percentile(latenciesMs, 0.99),
    maxMs: percentile(latenciesMs, 1),
    sendDelayP99Ms: percentile(sendDelaysMs, 0.99),
    serverCores: serverCpuMs === null ? null : serverCpuMs / durationMs,
    clientCores: cpuMs / durationMs,
  };
}

/** Whether every request of the stage was answered well and within the bar. */
export function isHeld(figures: StageFigures): boolean {
  return figures.errors === 0 && figures.p99Ms <= bar.p99MsMax;
}

/** Whether the server fell behind: a higher rate would only measure its queue. */
export function isOverloaded(figures: StageFigures): boolean {
  const offered = figures.ratePerSecond;
  return figures.achievedPerSecond < 0.95 * offered || figures.errors > 0.01 * offered || !(figures.p99Ms < 1000);
}

const columns = ['offered/s', 'achieved/s', 'errors', 'p50', 'p95', 'p99', 'max ms', 'late p99', 'server', 'client cores'];

/** A table of stages, latencies in milliseconds. */
export function formatStages(stages: readonly StageFigures[]): string {
  const rows = stages.map((stage) => [
    String(stage.ratePerSecond),
    stage.achievedPerSecond.toFixed(1),
    String(stage.errors),
    ...[stage.p50Ms, stage.p95Ms, stage.p99Ms, stage.maxMs, stage.sendDelayP99Ms].map((value) => value.toFixed(2)),
    stage.serverCores?.toFixed(2) ?? '?',
    stage.clientCores.toFixed(2),
  ]);
  const widths = columns.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]!.length)));
  return [columns, ...rows].map((row) => row.map((cell, at) => cell.padStart(widths[at]!)).join('  ')).join('\n');
}

/** Latencies in classes that double, with how many lie in each. */
export function formatHistogram(latenciesMs: readonly number[]): string {
  const counts = new Map<number, number>();
  for (const latency of latenciesMs) {
    const edge = 2 ** Math.ceil(Math.log2(Math.max(latency, 0.25)));
    counts.set(edge, (counts.get(edge) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  return [...counts]
    .sort(([left], [right]) => left - right)
    .map(([edge, count]) => {
      const mark = '█'.repeat(Math.max(1, Math.round((50 * count) / most)));
      return `  ≤ ${String(edge).padStart(7)} ms ${String(count).padStart(7)} ${mark}`;
    })
    .join('\n');
}

/** What goes to the gate: the stage at the bar's rate, the same of the floor, and the highest rate that was held. */
export function gateFigures(stages: readonly StageFigures[], floor: readonly StageFigures[]): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const stage of stages) {
    figures[`p50MsAt${stage.ratePerSecond}`] = stage.p50Ms;
    figures[`p99MsAt${stage.ratePerSecond}`] = stage.p99Ms;
    figures[`errorsAt${stage.ratePerSecond}`] = stage.errors;
    const beside = floor.find(({ ratePerSecond }) => ratePerSecond === stage.ratePerSecond);
    if (beside !== undefined) figures[`p99OverFloorAt${stage.ratePerSecond}`] = stage.p99Ms / beside.p99Ms;
  }
  const judged = stages.find(({ ratePerSecond }) => ratePerSecond === bar.ratePerSecond);
  if (judged !== undefined) {
    const isComplete = judged.errors === 0 && !isOverloaded(judged);
    figures['requestsPerSecond'] = isComplete ? judged.ratePerSecond : judged.achievedPerSecond;
    figures['p50Ms'] = judged.p50Ms;
    figures['p95Ms'] = judged.p95Ms;
    figures['p99Ms'] = judged.p99Ms;
    figures['errors'] = judged.errors;
  }
  figures['requestsPerSecondMax'] = Math.max(0, ...stages.filter(isHeld).map(({ ratePerSecond }) => ratePerSecond));
  // A stage without one good answer has no percentiles; the gate takes finite numbers only.
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => Number.isFinite(value)));
}
