import * as ort from 'onnxruntime-node';
import type { Clock } from '../../base/clock.ts';
import { readVersion } from '../version.ts';
import { readGitRevision } from './git-revision.ts';
import type { RunFacts } from './run-facts.ts';

/** Facts of a run that begins now, in this process. */
export async function newRunFacts(clock: Pick<Clock, 'nowMs'>): Promise<RunFacts> {
  return {
    gitRevision: await readGitRevision(),
    versions: { nisus: readVersion(), node: process.versions.node, onnxruntime: ort.env.versions.node ?? 'unknown' },
    startedAt: new Date(clock.nowMs()).toISOString(),
    endedAt: null,
    resumes: 0,
    trainingSeconds: 0,
    outcome: null,
  };
}
