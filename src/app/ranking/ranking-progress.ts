import type { TaskFigures } from '../../learn/training/train-task-model.ts';
import type { TrainingObserver } from '../../learn/training/training-observer.ts';
import type { Progress } from '../progress.ts';
import { stepProgress } from '../runs/step-progress.ts';

/** Draws a ranking run: step, loss, examples a second, time left, and a line that stays for each validation. */
export function rankingProgress(progress: Progress, epochs: number): TrainingObserver<TaskFigures> {
  return {
    ...stepProgress(progress, epochs, 'places'),
    onValidation({ epoch, trainingLoss, meanAuc, isBest, tasks, deadExperts = [] }) {
      const each = Object.entries(tasks).map(([task, { auc }]) => `${task} ${auc.toFixed(3)}`);
      progress.note(
        `epoch ${epoch + 1}: loss ${trainingLoss.toFixed(4)}, validation mean AUC ${meanAuc.toFixed(4)}${isBest ? ' (best)' : ''}: ${each.join(', ')}`,
      );
      if (deadExperts.length > 0) progress.note(`experts that no example uses: ${deadExperts.join(', ')}`);
    },
  };
}
