import { describe, expect, it } from 'vitest';
import type { LoadReport } from './load-job.ts';
import { formatHistogram, formatStages, gateFigures, isOverloaded, percentile, stageFigures } from './stage-report.ts';

function stage(ratePerSecond: number, latencyMs: number, errors: Record<string, number> = {}, durationMs = 10_000) {
  const latenciesMs = Array.from({ length: ratePerSecond * 10 }, () => latencyMs);
  const report: LoadReport = { latenciesMs, sendDelaysMs: [0, 1], errors, durationMs, cpuMs: 1000 };
  return stageFigures({ ratePerSecond, seconds: 10, report, serverCpuMs: 5000 });
}

describe('stage report', () => {
  it('takes percentiles by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([50, 95, 99, 100]);
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('tells cores and rates, and when a server fell behind', () => {
    expect(stage(200, 3)).toMatchObject({ achievedPerSecond: 200, errors: 0, p99Ms: 3, serverCores: 0.5, clientCores: 0.1 });
    expect(isOverloaded(stage(200, 3))).toBe(false);
    expect(isOverloaded(stage(200, 3, {}, 12_000))).toBe(true);
    expect(isOverloaded(stage(200, 3, { 'status 503': 3 }))).toBe(true);
    expect(isOverloaded(stage(200, 2000))).toBe(true);
  });

  it('gives the gate the stage at 200 a second and the highest rate within the bar', () => {
    const stages = [stage(50, 2), stage(200, 4), stage(500, 20), stage(1000, 30)];
    expect(gateFigures(stages, [stage(200, 1)])).toMatchObject({
      requestsPerSecond: 200,
      p99Ms: 4,
      errors: 0,
      p99OverFloorAt200: 4,
      requestsPerSecondMax: 500,
      p99MsAt1000: 30,
    });
    expect(gateFigures([stage(200, 4, { timeout: 1 })], [])).toMatchObject({ errors: 1, requestsPerSecondMax: 0 });
    expect(gateFigures([stage(200, 4, {}, 20_000)], [])['requestsPerSecond']).toBeCloseTo(100);
  });

  it('prints a table and a histogram', () => {
    expect(formatStages([stage(200, 3)]).split('\n')).toHaveLength(2);
    expect(formatHistogram([1, 1.5, 2, 30])).toMatch(/≤ {7}1 ms {7}1 .*\n.*≤ {7}2 ms {7}2 █{50}\n.*≤ {6}32 ms {7}1/);
  });
});
