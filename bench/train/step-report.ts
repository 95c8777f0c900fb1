import type { StepTiming } from './step-timing.ts';

/** The ways a step is timed; `ours` is what the others are compared with. */
export const CONTENDERS = ['ours', 'eager', 'eagerKept', 'compile', 'compileKept'] as const;
export type Contender = (typeof CONTENDERS)[number];

/** One model's timings: by contender one a round, or why there is none. */
export interface ModelTimings {
  readonly model: string;
  readonly timings: Readonly<Partial<Record<Contender, readonly StepTiming[]>>>;
  readonly missing: Readonly<Partial<Record<Contender, string>>>;
}

const LABELS: Readonly<Record<Contender, string>> = {
  ours: 'Nisus',
  eager: 'PyTorch eager',
  eagerKept: 'PyTorch eager, freed memory kept',
  compile: 'torch.compile',
  compileKept: 'torch.compile, freed memory kept',
};

/** The middle one, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Figures by name: `sasrecOursMs`, `sasrecEagerMs`… (median over rounds of the round's median step) and, below one where
 * ours is faster, `sasrecRatio` (beside eager as installed), `sasrecEagerKeptRatio`, `sasrecCompileRatio`….
 */
export function figuresOf(models: readonly ModelTimings[]): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const { model, timings } of models) {
    const oursMs = medianMs(timings.ours);
    for (const contender of CONTENDERS) {
      const ms = medianMs(timings[contender]);
      if (ms === null) continue;
      const name = `${contender[0]!.toUpperCase()}${contender.slice(1)}`;
      figures[`${model}${name}Ms`] = round(ms);
      if (contender === 'ours' || oursMs === null) continue;
      figures[contender === 'eager' ? `${model}Ratio` : `${model}${name}Ratio`] = round(oursMs / ms);
    }
  }
  return figures;
}

/** A table for the terminal, a line a contender, with what could not be measured and why. */
export function renderTimings(models: readonly ModelTimings[]): string {
  const rows = [['model', 'engine', 'median ms', 'p10–p90 ms', 'ours / it', 'by round']];
  const notes: string[] = [];
  for (const { model, timings, missing } of models) {
    const oursMs = medianMs(timings.ours);
    for (const contender of CONTENDERS) {
      const rounds = timings[contender] ?? [];
      const ms = medianMs(rounds);
      if (missing[contender] !== undefined) notes.push(`${model}, ${LABELS[contender]}: not measured. ${missing[contender]}`);
      if (ms === null) continue;
      const isOurs = contender === 'ours' || oursMs === null;
      rows.push([
        model,
        LABELS[contender],
        ms.toFixed(1),
        `${Math.min(...rounds.map(({ p10Ms }) => p10Ms)).toFixed(1)}–${Math.max(...rounds.map(({ p90Ms }) => p90Ms)).toFixed(1)}`,
        isOurs ? '' : (oursMs / ms).toFixed(3),
        isOurs ? '' : rounds.map((timing, at) => ratioText(timings.ours?.[at], timing)).join(' '),
      ]);
    }
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))));
  return [...lines.map((line) => line.join('  ').trimEnd()), ...notes].join('\n');
}

function ratioText(ours: StepTiming | undefined, other: StepTiming): string {
  return ours === undefined ? '–' : (ours.medianMs / other.medianMs).toFixed(2);
}

function medianMs(timings: readonly StepTiming[] | undefined): number | null {
  return timings === undefined || timings.length === 0 ? null : median(timings.map((timing) => timing.medianMs));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
