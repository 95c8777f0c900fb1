import type { ImpressionLists } from '../../src/learn/actions/impression-lists.ts';
import { momentsOfPages } from '../../src/learn/actions/moment-features.ts';
import { performance } from 'node:perf_hooks';
import { historySearch } from '../../src/learn/actions/history-search.ts';
import type { RankingSource } from '../../src/learn/actions/ranking-feeds.ts';
import type { RankingVocabulary } from '../../src/learn/models/ranking/ranking-states.ts';
import { openRankingScorer } from '../../src/learn/training/ranking/ranking-scorer.ts';
import type { ClickOutcome } from './train-clicks.ts';

/** A model to be timed. */
export interface TimedModel extends Pick<ClickOutcome, 'config' | 'parameters'> {
  readonly name: string;
}

/** Milliseconds for 500 candidates, by model: median over the rounds. */
export type ServingTimes = Readonly<Record<string, number>>;

/**
 * Times one request: candidates for the user with the longest history, read back `history` actions, everything from features to
 * probabilities. Users' indexes are cached, as between requests of one user. Models take turns, so that a busy moment of the
 * machine meets all of them.
 */
export async function timeServing(
  source: RankingSource,
  vocabulary: RankingVocabulary,
  models: readonly TimedModel[],
  options: { readonly candidates: number; readonly history: number; readonly rounds: number },
): Promise<ServingTimes> {
  const request = requestOf(source, options.candidates, options.history);
  const contestants = await Promise.all(
    models.map(async ({ name, config, parameters }) => {
      const { encoder } = config.model;
      const search = encoder.kind === 'sim' ? historySearch(source.subjects, encoder.search) : null;
      const scorer = await openRankingScorer({ config: config.model, vocabulary, tasks: ['click'] }, () => parameters);
      return { name, scorer, source: { ...request, search }, times: [] as number[] };
    }),
  );
  const lists = Int32Array.of(0);
  for (let round = -3; round < options.rounds; round++) {
    for (const { scorer, source: own, times } of contestants) {
      const startMs = performance.now();
      await scorer.score(own, lists);
      if (round >= 0) times.push(performance.now() - startMs);
    }
  }
  for (const { scorer } of contestants) await scorer.close();
  return Object.fromEntries(contestants.map(({ name, times }) => [name, times.sort((a, b) => a - b)[times.length >> 1]!]));
}

/** One page of many candidates, the latest subjects that were shown, for the user who did most. */
function requestOf(source: RankingSource, candidates: number, history: number): RankingSource {
  const { sequences, pages } = source;
  const counts = Int32Array.from({ length: sequences.userCount }, (_, user) => sequences.offsets[user + 1]! - sequences.offsets[user]!);
  const user = counts.indexOf(Math.max(...counts));
  const shown = new Set<number>();
  for (let place = pages.subjects.length - 1; place >= 0 && shown.size < candidates; place--) shown.add(pages.subjects[place]!);
  if (shown.size < candidates) throw new Error(`the world has shown ${shown.size} subjects, ${candidates} are asked for`);
  const visible = counts[user]!;
  if (visible < history) throw new Error(`the longest history has ${visible} actions, ${history} are asked for: let the world live longer`);
  const request: ImpressionLists = {
    listCount: 1,
    offsets: Int32Array.of(0, candidates),
    users: Int32Array.of(user),
    timesMs: Float64Array.of(sequences.timesMs[sequences.offsets[user + 1]! - 1]! + 60_000),
    surfaces: Uint8Array.of(pages.surfaces[0]!),
    queries: Int32Array.of(-1),
    visible: Int32Array.of(visible),
    subjects: Int32Array.from(shown),
    positions: Uint16Array.from({ length: candidates }, (_, at) => at),
    propensities: new Float32Array(candidates).fill(NaN),
  };
  return { ...source, pages: request, moments: momentsOfPages(sequences, request) };
}
