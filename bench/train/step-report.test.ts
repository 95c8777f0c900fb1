import { describe, expect, it } from 'vitest';
import { figuresOf, median, renderTimings, type ModelTimings } from './step-report.ts';
import { parseStepTiming, StepTimingError } from './step-timing.ts';

const rounds = (...medians: number[]) =>
  medians.map((medianMs) => ({ model: 'hstu', engine: 'x', medianMs, p10Ms: medianMs - 1, p90Ms: medianMs + 1 }));
const measured: ModelTimings = {
  model: 'hstu',
  timings: { ours: rounds(10, 90, 12), eager: rounds(20, 24, 30), eagerKept: rounds(16, 16, 15) },
  missing: { compile: 'no compiler' },
};

describe('figuresOf', () => {
  it('divides our median of rounds by that of each other, a disturbed round notwithstanding', () => {
    expect(figuresOf([measured])).toEqual({
      hstuOursMs: 12,
      hstuEagerMs: 24,
      hstuRatio: 0.5,
      hstuEagerKeptMs: 16,
      hstuEagerKeptRatio: 0.75,
    });
  });

  it('gives no ratio where ours is missing', () => {
    expect(figuresOf([{ ...measured, timings: { eager: rounds(20) } }])).toEqual({ hstuEagerMs: 20 });
  });
});

describe('renderTimings', () => {
  it('shows each contender, its rounds, and why one is missing', () => {
    const text = renderTimings([measured]);
    expect(text).toMatch(/PyTorch eager +24\.0 +19\.0–31\.0 +0\.500 +0\.50 3\.75 0\.40/);
    expect(text).toContain('hstu, torch.compile: not measured. no compiler');
  });
});

describe('median', () => {
  it.each([
    [[3], 3],
    [[9, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
  ])('of %j is %d', (values, expected) => expect(median(values)).toBe(expected));
});

describe('parseStepTiming', () => {
  const command = { program: 'python', args: ['bench_step.py', 'hstu'] };

  it('reads the last line, whatever was printed before', () => {
    expect(parseStepTiming(command, `a warning\n${JSON.stringify(rounds(7)[0])}\n`).medianMs).toBe(7);
  });

  it.each(['', 'oops', '{"medianMs": 3}', JSON.stringify({ ...rounds(7)[0], medianMs: null })])(
    'refuses %j and names the command',
    (output) => {
      expect(() => parseStepTiming(command, output)).toThrow(StepTimingError);
      expect(() => parseStepTiming(command, output)).toThrow('python bench_step.py hstu');
    },
  );
});
