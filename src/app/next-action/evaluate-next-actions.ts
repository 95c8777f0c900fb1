import { evaluateAlive, askRanker, type CaseScorer } from '../../learn/evaluation/next-action/evaluate-alive.ts';
import { fitMarkov } from '../../learn/models/baselines/markov.ts';
import { fitPopularity } from '../../learn/models/baselines/popularity.ts';
import { nextActionName } from '../../learn/models/next-action/next-action-config.ts';
import { askNextActions, openNextActionScorer } from '../../learn/training/next-action/next-action-scorer.ts';
import { keepHistoryDomains, type NextActionSource } from '../../learn/training/next-action/next-action-source.ts';
import { formatCount } from '../words/amounts.ts';
import type { WorkContext } from '../work-context.ts';
import type { NextActionData } from './next-action-data.ts';
import type { NextActionRecord } from './next-action-record.ts';
import { nextActionReport, type NextActionEntry, type NextActionReport } from './report-next-action.ts';

/** A trained model. */
export interface TrainedNextAction {
  readonly record: NextActionRecord;
  readonly parameters: Float32Array;
}

/** What is asked, and who answers beside the model. */
export interface NextActionQuestions {
  /** @default 'test' */
  readonly part?: 'test' | 'validation';
  /** @default [10] */
  readonly cutoffs?: readonly number[];
  /** Popularity and Markov. @default true */
  readonly withBaselines?: boolean;
  /** Of the intervals. @default 0 */
  readonly seed?: number;
  readonly threads?: number;
  /** The ablation: histories without the other domains. @default none */
  readonly ablation?: {
    readonly domains: readonly string[];
    /** Parameters of a model that was trained on such histories; null for the given model alone. */
    readonly retrained: { readonly parameters: Float32Array; readonly seconds: number } | null;
  } | null;
}

/**
 * Asks a next-action model the held-out moments beside the baselines; with an ablation, also the same model given histories
 * of some domains only, and one that was trained on such. All rankers answer the same cases among the same candidates.
 *
 * @throws `ActionDomainsError`; EvaluationError; the signal's reason
 */
export async function evaluateNextActions(
  data: NextActionData,
  { record, parameters }: TrainedNextAction,
  questions: NextActionQuestions,
  context: Pick<WorkContext, 'progress' | 'clock' | 'signal'>,
): Promise<NextActionReport> {
  const { part = 'test', withBaselines = true, ablation = null } = questions;
  const { progress, clock, signal } = context;
  const cases = data.split[part];
  const threads = questions.threads ?? record.config.threads;
  const model = { config: record.config.model, vocabulary: data.vocabulary };
  const entries: NextActionEntry[] = [];

  async function ask(asked: CaseScorer, fitSeconds: number | null): Promise<void> {
    progress.begin(`evaluating ${asked.name}`, cases.targets.length);
    try {
      const result = await evaluateAlive(
        asked,
        cases,
        { lives: data.lives },
        {
          cutoffs: questions.cutoffs ?? [10],
          seed: questions.seed ?? 0,
          clock,
          signal,
          onProgress: ({ casesDone, cases: all }) => progress.update(casesDone, `${formatCount(casesDone)} of ${formatCount(all)} cases`),
        },
      );
      entries.push({ result, fitSeconds });
    } finally {
      progress.end();
    }
  }

  async function askModel(values: Float32Array, source: NextActionSource, name: string, fitSeconds: number | null): Promise<void> {
    const scorer = await openNextActionScorer(model, () => values, { threads });
    try {
      await ask({ ...(await askNextActions(scorer, model, source, cases)), name }, fitSeconds);
    } finally {
      await scorer.close();
    }
  }

  const name = nextActionName(record.config.model);
  await askModel(parameters, data.source, name, record.trainingSeconds);
  if (ablation !== null) {
    const less = keepHistoryDomains(data.source, ablation.domains);
    const domains = ablation.domains.join(', ');
    await askModel(parameters, less, `${name}, given ${domains} only`, record.trainingSeconds);
    if (ablation.retrained !== null)
      await askModel(ablation.retrained.parameters, less, `${name}, trained on ${domains} only`, ablation.retrained.seconds);
  }
  for (const fit of withBaselines ? [fitPopularity, fitMarkov] : []) {
    const startMs = clock.monotonicMs();
    const ranker = await fit(data.split.train);
    await ask(askRanker(ranker, cases), (clock.monotonicMs() - startMs) / 1000);
  }
  const { name: dataName, fingerprint, users, subjects, targets } = record.data;
  return nextActionReport({ name: dataName, fingerprint, users, items: subjects, interactions: targets }, data, part, entries);
}
