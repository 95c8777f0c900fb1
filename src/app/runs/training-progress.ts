import type { TrainingObserver } from '../../learn/training/training-observer.ts';
import type { Progress } from '../progress.ts';
import { stepProgress } from './step-progress.ts';

/** Draws a training run: step, loss, examples a second, time left, and a line that stays for each validation. */
export function trainingProgress(progress: Progress, epochs: number): TrainingObserver {
  return {
    ...stepProgress(progress, epochs, 'examples'),
    onValidation(report) {
      progress.note(
        `epoch ${report.epoch + 1}: loss ${report.trainingLoss.toFixed(4)}, validation NDCG@10 ${report.ndcg.toFixed(4)}, HR@10 ${report.hitRate.toFixed(4)}${report.isBest ? ' (best)' : ''}`,
      );
    },
  };
}
