import { existsSync } from 'node:fs';
import path from 'node:path';
import { compareImpressions, type ComparisonWork } from '../../measure/comparison/compare-impressions.ts';
import type { Comparison } from '../../measure/comparison/comparison.ts';
import type { ComparisonOptions } from '../../measure/comparison/comparison-options.ts';
import { PREDICTIONS_FILE, readScoredImpressions } from '../../measure/impressions/scored-impressions-file.ts';
import type { WorkContext } from '../work-context.ts';
import { compareSequenceRuns, type SequenceProtocol } from './compare-sequence-runs.ts';
import { RunsDifferError } from './comparison-errors.ts';

/** How two runs are compared. */
export interface CompareRunsOptions extends SequenceProtocol {
  readonly rules: Partial<ComparisonOptions>;
}

/**
 * Compares two runs of one kind: ranking runs by the scored impressions that lie in their folders (or are named themselves), sequence runs by
 * asking both models the same cases.
 *
 * @throws {RunsDifferError}; ImpressionsError; ComparisonError; what opening and evaluating a run throws; the interruption where the work is stopped
 */
export async function compareRuns(first: string, second: string, options: CompareRunsOptions, context: WorkContext): Promise<Comparison> {
  const [one, other] = [first, second].map(predictionsOf);
  const work = comparisonWork(context);
  try {
    if (one != null && other != null) {
      return await compareImpressions(await readScoredImpressions(one), await readScoredImpressions(other), options.rules, work);
    }
    if (one == null && other == null) return await compareSequenceRuns(first, second, options, work, context);
    const [scored, plain] = one == null ? [second, first] : [first, second];
    throw new RunsDifferError(
      first,
      second,
      `${scored} holds scored impressions (${PREDICTIONS_FILE}), ${plain} does not`,
      'Compare two ranking runs, or two sequence runs.',
    );
  } finally {
    context.progress.end();
  }
}

/** The scored impressions that a path means: the file itself, or that of a run's folder; null where there are none. */
function predictionsOf(place: string): string | null {
  if (place.endsWith('.safetensors')) return place;
  const file = path.join(place, PREDICTIONS_FILE);
  return existsSync(file) ? file : null;
}

function comparisonWork({ progress, signal }: WorkContext): ComparisonWork {
  let isBegun = false;
  return {
    onProgress(done, total, what) {
      if (!isBegun) progress.begin('comparing', total);
      isBegun = true;
      progress.update(done, what);
    },
    // Lets signals and the terminal have their turn.
    async pause() {
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    },
  };
}
