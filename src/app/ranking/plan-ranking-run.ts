import { createHash } from 'node:crypto';
import path from 'node:path';
import type { TaskDeclaration } from '../../data/actions/task-declaration.ts';
import type { RankerTrainingConfig } from '../../learn/training/ranking/ranker-training-config.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import { defaultSplit, type SplitChoice } from './split-pages.ts';

/** A ranking run before it begins. */
export interface RankingPlan {
  readonly folder: string;
  readonly platform: PlatformFolder;
  readonly tasks: readonly TaskDeclaration[];
  /** What was asked of the cut; the rest is as the run was begun, and as in `defaultSplit` where it is new. */
  readonly split: Partial<SplitChoice>;
  readonly config: RankerTrainingConfig;
}

/** The folder of a run that was given none: the same platform, tasks, split and config give the same folder. */
export function defaultRankingFolder(home: string, { platform, tasks, split, config }: Omit<RankingPlan, 'folder'>): string {
  const key = createHash('sha256')
    .update(JSON.stringify([platform.folder, tasks, { ...defaultSplit, ...split }, config]))
    .digest('hex')
    .slice(0, 8);
  return path.join(home, 'runs', `${path.basename(platform.folder)}-${config.model.encoder.kind}-ranker-${key}`);
}
