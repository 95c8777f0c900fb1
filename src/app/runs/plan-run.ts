import { createHash } from 'node:crypto';
import path from 'node:path';
import type { TrainingConfig } from '../../learn/training/training-config.ts';
import type { FoundDataset } from '../datasets/find-dataset.ts';
import type { SplitKind } from './run-record.ts';

/** A training run before it begins. */
export interface RunPlan {
  readonly folder: string;
  readonly dataset: Pick<FoundDataset, 'folder' | 'manifest'>;
  readonly split: SplitKind;
  readonly preset: string | null;
  readonly config: TrainingConfig;
}

/**
 * The folder of a run that was given none: the same data, split and config give the same folder, so that the same
 * command finds its own run again.
 */
export function defaultRunFolder(home: string, plan: Omit<RunPlan, 'folder'>): string {
  const { manifest } = plan.dataset;
  const key = createHash('sha256')
    .update(JSON.stringify([manifest.fingerprint, plan.split, plan.config]))
    .digest('hex')
    .slice(0, 8);
  const name =
    manifest.name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'data';
  return path.join(home, 'runs', `${name}-${plan.config.model.kind}-${key}`);
}
