import { createHash } from 'node:crypto';
import type { ActionData } from '../../data/actions/read-actions.ts';
import {
  interactionsOfTargets,
  nextActionTargets,
  trainingTargets,
  type NextActionTargets,
} from '../../learn/actions/next-action-targets.ts';
import { subjectLives, type SubjectLives } from '../../learn/actions/subject-lives.ts';
import type { DataSplit } from '../../learn/evaluation/evaluation-cases.ts';
import { splitLeaveOneOut } from '../../learn/evaluation/leave-one-out.ts';
import { splitByTime } from '../../learn/evaluation/time-split.ts';
import type { RankingVocabulary } from '../../learn/models/ranking/ranking-states.ts';
import { nextActionSource, nextActionVocabulary, type NextActionSource } from '../../learn/training/next-action/next-action-source.ts';
import type { NextActionTrainingConfig } from '../../learn/training/next-action/next-action-training-config.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import { openRankingData } from '../ranking/open-ranking-data.ts';
import type { SplitKind } from '../runs/run-record.ts';
import type { WorkContext } from '../work-context.ts';

/** A platform's log as a next-action model is trained and asked on it. */
export interface NextActionData {
  /** SHA-256 (hex) of what was done: equal data, equal fingerprint. */
  readonly fingerprint: string;
  /** Events of the log before this offset are in it. */
  readonly nextOffset: number;
  readonly counts: { readonly users: number; readonly subjects: number; readonly actions: number; readonly targets: number };
  readonly targets: NextActionTargets;
  readonly split: DataSplit;
  /** Numbers of the training targets. */
  readonly trained: Int32Array;
  readonly lives: SubjectLives;
  readonly source: NextActionSource;
  readonly vocabulary: RankingVocabulary;
}

/**
 * Reads a platform's log and makes of it what a next-action model needs.
 *
 * @param untilOffset events from there on are left out: a run is evaluated on the log that it was trained on, which grows
 * @throws what `openRankingData` throws; `NextActionTargetsError`; EvaluationError `SPLIT_…`
 */
export async function openNextActionData(
  place: PlatformFolder,
  { config, split, untilOffset }: { readonly config: NextActionTrainingConfig; readonly split: SplitKind; readonly untilOffset?: number },
  context: Pick<WorkContext, 'progress' | 'clock' | 'signal'>,
): Promise<NextActionData> {
  const data = await openRankingData(place, untilOffset === undefined ? {} : { untilOffset }, context);
  return nextActionData(data, config, split);
}

/** The same of data that was read already. */
export function nextActionData(
  data: Pick<ActionData, 'sequences' | 'subjects' | 'pages' | 'nextOffset'>,
  { targets: named, model }: NextActionTrainingConfig,
  kind: SplitKind,
): NextActionData {
  const { sequences, subjects, pages } = data;
  const targets = nextActionTargets(sequences, named);
  const interactions = interactionsOfTargets(targets, subjects.count);
  const split = kind === 'time' ? splitByTime(interactions, { targets: 'all' }) : splitLeaveOneOut(interactions);
  const trained = trainingTargets(targets, split.train);
  return {
    fingerprint: fingerprintOf(data),
    nextOffset: data.nextOffset,
    counts: {
      users: sequences.userCount,
      subjects: subjects.count,
      actions: sequences.actions.length,
      targets: targets.subjects.length,
    },
    targets,
    split,
    trained,
    lives: subjectLives(subjects, sequences, pages),
    source: nextActionSource(data, targets, trained, model.content),
    vocabulary: nextActionVocabulary(sequences, subjects),
  };
}

function fingerprintOf({ sequences, subjects }: Pick<ActionData, 'sequences' | 'subjects'>): string {
  const hash = createHash('sha256');
  for (const column of [sequences.offsets, sequences.subjects, sequences.actions, sequences.timesMs])
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  return hash.update(subjects.keys.join('\n')).digest('hex');
}
