import type { TaskFigures } from '../../learn/training/train-task-model.ts';
import type { TrainingObserver } from '../../learn/training/training-observer.ts';
import type { Progress } from '../progress.ts';
import { formatCount, formatDuration } from '../words/amounts.ts';

/** Draws a ranking run: step, loss, examples a second, time left, and a line that stays for each validation. */
export function rankingProgress(progress: Progress, epochs: number): TrainingObserver<TaskFigures> {
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
        `epoch ${epoch + 1}/${epochs}  step ${step}/${steps}  loss ${epochLoss.toFixed(4)}  ${examplesPerSecond.toFixed(0)} places/s  ${formatDuration(secondsLeft)} left at most`,
      );
    },
    onValidation({ epoch, trainingLoss, meanAuc, isBest, tasks, deadExperts = [] }) {
      const each = Object.entries(tasks).map(([task, { auc }]) => `${task} ${auc.toFixed(3)}`);
      progress.note(
        `epoch ${epoch + 1}: loss ${trainingLoss.toFixed(4)}, validation mean AUC ${meanAuc.toFixed(4)}${isBest ? ' (best)' : ''}: ${each.join(', ')}`,
      );
      if (deadExperts.length > 0) progress.note(`experts that no example uses: ${deadExperts.join(', ')}`);
    },
  };
}
