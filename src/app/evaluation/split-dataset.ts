import type { InteractionDataset } from '../../data/interactions/interaction-dataset.ts';
import type { DataSplit } from '../../learn/evaluation/evaluation-cases.ts';
import { splitLeaveOneOut } from '../../learn/evaluation/leave-one-out.ts';
import { splitByTime } from '../../learn/evaluation/time-split.ts';
import type { SplitKind } from '../runs/run-record.ts';

/**
 * Cuts a data set as a run does: each user's last items, or two moments for all (80 % and 90 % of the interactions).
 *
 * @throws EvaluationError `SPLIT_…`
 */
export function splitDataset(dataset: InteractionDataset, split: SplitKind): DataSplit {
  return split === 'leave-one-out' ? splitLeaveOneOut(dataset) : splitByTime(dataset);
}
