import type { TrainingObserver } from '../../learn/training/training-observer.ts';
import type { Progress } from '../progress.ts';
import { formatCount, formatDuration } from '../words/amounts.ts';

/**
 * Draws the steps of a run of any kind: step, loss, speed, time left.
 *
 * @param examples what the steps count: `examples`, `places`
 */
export function stepProgress(progress: Progress, epochs: number, examples: string): Required<Pick<TrainingObserver, 'onStart' | 'onStep'>> {
  let steps = 1;
  return {
    onStart(run) {
      steps = run.steps;
      const from = run.resumedAtStep === 0 ? '' : `, going on from step ${formatCount(run.resumedAtStep)}`;
      progress.note(`${formatCount(run.parameters)} parameters, ${formatCount(run.steps)} steps at most${from}`);
      progress.begin('training', run.steps);
      progress.update(run.resumedAtStep, '');
    },
    onStep({ step, epoch, epochLoss, examplesPerSecond, secondsLeft }) {
      progress.update(
        step,
        `epoch ${epoch + 1}/${epochs}  step ${step}/${steps}  loss ${epochLoss.toFixed(4)}  ${examplesPerSecond.toFixed(0)} ${examples}/s  ${formatDuration(secondsLeft)} left at most`,
      );
    },
  };
}
