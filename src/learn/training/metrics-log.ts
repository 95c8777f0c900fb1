import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import type { ConflictRecord } from './gradient-conflict/conflict-record.ts';
import type { RankingFigures, ValidationReport } from './training-observer.ts';

/** Where a constraint of a composite loss stands after a step, in its own unit. */
export interface ConstraintReport {
  /** In this batch; null where no example of it counts. */
  readonly value: number | null;
  /** Running mean, which the multiplier follows; null before there is one. */
  readonly running: number | null;
  readonly atMost: number;
  /** What its relative excess counted in this step. */
  readonly multiplier: number;
}

/** Numbers of a step of several tasks. */
export interface TaskNumbers {
  /** Without weights: of each task, and as `TASK/LOSS` of each term of a task that has several. */
  readonly losses?: Readonly<Record<string, number>>;
  /** λ of each task, where it moves. */
  readonly lossWeights?: Readonly<Record<string, number>>;
  readonly constraints?: Readonly<Record<string, ConstraintReport>>;
}

/** A line of a run's `metrics.jsonl`. */
export type MetricsLine<Figures extends object = RankingFigures> =
  | ({
      readonly kind: 'step';
      readonly step: number;
      readonly epoch: number;
      readonly loss: number;
      readonly gradientNorm: number;
      readonly learningRate: number;
    } & TaskNumbers)
  | ({ readonly kind: 'conflict' } & ConflictRecord)
  | ({ readonly kind: 'validation' } & Figures & Omit<ValidationReport<object>, 'seconds'>);

/** The log of a run's numbers, one JSON object a line. */
export interface MetricsLog<Figures extends object = RankingFigures> {
  write(line: MetricsLine<Figures>): void;
  /** Puts what was written on disk. */
  flush(): Promise<void>;
  /** All lines so far, oldest first. */
  lines(): readonly MetricsLine<Figures>[];
}

/**
 * Opens a run's log. Lines of steps that a resumed run will take again (and a half line of a killed one) are dropped.
 *
 * @param keepUntilStep the step of the checkpoint that the run goes on from; 0 starts empty
 */
export async function openMetricsLog<Figures extends object = RankingFigures>(
  folder: string,
  keepUntilStep: number,
): Promise<MetricsLog<Figures>> {
  const path = join(folder, 'metrics.jsonl');
  const kept =
    keepUntilStep === 0
      ? []
      : parseLines<Figures>(await readFile(path, 'utf8').catch(() => '')).filter((line) => line.step <= keepUntilStep);
  await writeFileAtomically(path, [kept.map((line) => `${JSON.stringify(line)}\n`).join('')]);
  let pending = '';
  return {
    write(line) {
      kept.push(line);
      pending += `${JSON.stringify(line)}\n`;
    },
    async flush() {
      const text = pending;
      pending = '';
      if (text !== '') await appendFile(path, text);
    },
    lines: () => kept,
  };
}

function parseLines<Figures extends object>(text: string): MetricsLine<Figures>[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as MetricsLine<Figures>];
    } catch {
      return [];
    }
  });
}
