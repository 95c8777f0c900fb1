import { expect, test } from 'vitest';
import type { StepReport } from '../../learn/training/training-observer.ts';
import type { Progress } from '../progress.ts';
import { stepProgress } from './step-progress.ts';

const report: StepReport = {
  step: 1250,
  epoch: 1,
  batchInEpoch: 249,
  batchesInEpoch: 1000,
  loss: 0.7,
  epochLoss: 0.61234,
  gradientNorm: 1,
  learningRate: 0.001,
  examplesPerSecond: 812.4,
  secondsLeft: 90,
};

function linesOf(resumedAtStep: number): readonly string[] {
  const lines: string[] = [];
  const progress: Progress = {
    begin: (title, total) => void lines.push(`${title} of ${total}`),
    update: (done, facts) => void lines.push(`${done}: ${facts}`),
    note: (line) => void lines.push(line),
    end() {},
  };
  const { onStart, onStep } = stepProgress(progress, 3, 'places');
  onStart({ steps: 3000, parameters: 12_345, resumedAtStep });
  onStep(report);
  return lines;
}

test('steps are drawn with what they count', () => {
  expect(linesOf(0)).toEqual([
    '12,345 parameters, 3,000 steps at most',
    'training of 3000',
    '0: ',
    '1250: epoch 2/3  step 1250/3000  loss 0.6123  812 places/s  1 min 30 s left at most',
  ]);
});

test('a run that is gone on with says from where', () => {
  expect(linesOf(1200).slice(0, 3)).toEqual([
    '12,345 parameters, 3,000 steps at most, going on from step 1,200',
    'training of 3000',
    '1200: ',
  ]);
});
