import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import type { ConflictRecord } from './gradient-conflict/conflict-record.ts';
import type { ValidationReport } from './training-observer.ts';

/** A line of a run's `metrics.jsonl`. */
export type MetricsLine =
  | {
      readonly kind: 'step';
      readonly step: number;
      readonly epoch: number;
      readonly loss: number;
      readonly gradientNorm: number;
      readonly learningRate: number;
    }
  | ({ readonly kind: 'conflict' } & ConflictRecord)
  | ({ readonly kind: 'validation' } & Omit<ValidationReport, 'seconds'>);

/** The log of a run's numbers, one JSON object a line. */
export interface MetricsLog {
  write(line: MetricsLine): void;
  /** Puts what was written on disk. */
  flush(): Promise<void>;
  /** All lines so far, oldest first. */
  lines(): readonly MetricsLine[];
}

/**
 * Opens a run's log. Lines of steps that a resumed run will take again (and a half line of a killed one) are dropped.
 *
 * @param keepUntilStep the step of the checkpoint that the run goes on from; 0 starts empty
 */
export async function openMetricsLog(folder: string, keepUntilStep: number): Promise<MetricsLog> {
  const path = join(folder, 'metrics.jsonl');
  const kept =
    keepUntilStep === 0 ? [] : parseLines(await readFile(path, 'utf8').catch(() => '')).filter((line) => line.step <= keepUntilStep);
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

function parseLines(text: string): MetricsLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as MetricsLine];
    } catch {
      return [];
    }
  });
}
