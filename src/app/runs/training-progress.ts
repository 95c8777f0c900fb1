import type { TrainingObserver } from '../../learn/training/training-observer.ts';
import type { Progress } from '../progress.ts';
import { formatCount, formatDuration } from '../words/amounts.ts';

/** Draws a training run: step, loss, examples a second, time left, and a line that stays for each validation. */
export function trainingProgress(progress: Progress, epochs: number): TrainingObserver {
  let steps = 1;
  return {
    onStart(run) {
      steps = run.steps;
      const from = run.resumedAtStep === 0 ? '' : `, going on from step ${formatCount(run.resumedAtStep)}`;
      progress.note(`${formatCount(run.parameters)} parameters, ${formatCount(run.steps)} steps at most${from}`);
      progress.begin('training', run.steps);
      progress.update(run.resumedAtStep, '');
    },
    onStep(report) {
      progress.update(
        report.step,
        `epoch ${report.epoch + 1}/${epochs}  step ${report.step}/${steps}  loss ${report.epochLoss.toFixed(4)}  ${report.examplesPerSecond.toFixed(0)} examples/s  ${formatDuration(report.secondsLeft)} left at most`,
      );
    },
    onValidation(report) {
      progress.note(
        `epoch ${report.epoch + 1}: loss ${report.trainingLoss.toFixed(4)}, validation NDCG@10 ${report.ndcg.toFixed(4)}, HR@10 ${report.hitRate.toFixed(4)}${report.isBest ? ' (best)' : ''}`,
      );
    },
  };
}
