import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { manualClock } from '../../../base/clock.ts';
import { someVocabulary } from '../../actions/ranking-data.fixture.ts';
import type { RankerTrainingConfig } from './ranker-training-config.ts';
import type { TrainRankerOptions } from './train-ranker.ts';

/** Trainings of a test file, each into its own place of a folder that is there while the tests are. */
export function rankerRuns(name: string) {
  let home: string;
  beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), `nisus-${name}-`))));
  afterAll(() => rm(home, { recursive: true }));
  const folderOf = (run: string) => join(home, run);
  const optionsOf = (
    run: string,
    config: RankerTrainingConfig,
    { train, validation }: Pick<TrainRankerOptions, 'train' | 'validation'>,
  ): TrainRankerOptions => ({
    train,
    validation,
    vocabulary: someVocabulary,
    config,
    folder: folderOf(run),
    identity: {},
    resume: false,
    clock: manualClock(),
  });
  return { folderOf, optionsOf };
}
