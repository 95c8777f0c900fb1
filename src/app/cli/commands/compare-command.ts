import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ComparisonOptions } from '../../../measure/comparison/comparison-options.ts';
import type { SharedOptions } from '../command-context.ts';
import { anyNumber, cutoffs, list, positiveNumber, wholeNumber } from '../option-parsers.ts';
import { pathToShow } from '../path-to-show.ts';
import { addSharedOptions, type Act } from '../shared-options.ts';

/** What the command line calls the metrics that can decide. */
const METRICS: Readonly<Record<string, ComparisonOptions['decisionMetric']>> = {
  entropy: 'normalised entropy',
  'log-loss': 'log loss',
  auc: 'AUC',
  gauc: 'GAUC by user',
  'gauc-list': 'GAUC by list',
};

interface Options extends SharedOptions {
  readonly output?: string;
  readonly markdown?: boolean;
  readonly metric: string;
  readonly primary?: string[];
  readonly guard: string[];
  readonly calibrationTolerance: number;
  readonly relevant: number;
  readonly scores: 'served' | 'raw';
  readonly cutoffs: number[];
  readonly alpha: number;
  readonly resamples: number;
  readonly seed: number;
  readonly split: 'test' | 'validation';
  readonly seen: 'left-out' | 'kept';
  readonly threads: number;
  readonly data?: string;
}

/** `nisus compare`: two runs on the same examples, and a recommendation. */
export function addCompareCommand(program: Command, act: Act): void {
  const command = program
    .command('compare')
    .summary('compare two runs and recommend one')
    .description(
      'Compares two runs on the same held-out examples, over all and segment by segment, with paired intervals, and ends in a recommendation with its reasons. Ranking runs are compared by the scored impressions in their folders, sequence runs by asking both models the same cases.',
    )
    .argument('<a>', 'folder of the run in use, or its predictions.safetensors')
    .argument('<b>', 'folder of the run that may replace it, or its predictions.safetensors')
    .option('--output <folder>', 'write report.md, pictures and comparison.json there')
    .addOption(new Option('--markdown', 'print the report as Markdown').conflicts('json'))
    .addOption(new Option('--metric <name>', 'what decides about a yes-or-no task').choices(Object.keys(METRICS)).default('entropy'))
    .option('--primary <tasks>', 'tasks that decide (default: all that are not guarded)', list)
    .addOption(
      new Option('--guard <tasks>', 'tasks that must not worsen').argParser(list).default(['negative-feedback'], 'negative-feedback'),
    )
    .addOption(
      new Option('--calibration-tolerance <share>', "how much debiased ECE may rise, as a share of a task's rate")
        .argParser(numberFromZero)
        .default(0.1),
    )
    .addOption(
      new Option('--relevant <difference>', 'in a segment, smaller differences do not count').argParser(numberFromZero).default(0.001),
    )
    .addOption(
      new Option('--scores <which>', 'calibrated as served, or as the model gives them').choices(['served', 'raw']).default('served'),
    )
    .addOption(
      new Option('--cutoffs <list>', 'lengths of the lists; NDCG at the first decides where nothing is yes or no')
        .argParser(cutoffs)
        .default([10], '10'),
    )
    .option('--alpha <share>', 'chance of any false finding in a family of tests', shareBelowOne, 0.05)
    .option('--resamples <n>', 'resamples of users', wholeNumber(100, 100_000), 1000)
    .option('--seed <n>', 'of the resamples', wholeNumber(0), 0)
    .addOption(new Option('--split <cases>', 'of sequence runs: which cases').choices(['test', 'validation']).default('test'))
    .addOption(
      new Option('--seen <what>', 'of sequence runs: whether items of the history are candidates')
        .choices(['left-out', 'kept'])
        .default('left-out'),
    )
    .option('--threads <n>', 'of sequence runs: threads of a model', wholeNumber(1, 256), 2)
    .option('--data <folder>', 'of sequence runs: the data set, where it lies elsewhere than the first run says')
    .action(async (first: string, second: string, options: Options) => {
      await act(options, async (context) => {
        const { compareRuns } = await import('../../comparison/compare-runs.ts');
        const { requireComparisonPlace, writeComparison } = await import('../../comparison/write-comparison.ts');
        if (options.output !== undefined) await requireComparisonPlace(options.output);
        const comparison = await compareRuns(
          first,
          second,
          {
            rules: rulesOf(options),
            part: options.split,
            seenItems: options.seen === 'kept' ? 'kept' : 'left out',
            threads: options.threads,
            dataFolder: options.data ?? null,
          },
          context,
        );
        if (options.output !== undefined) await writeComparison(options.output, comparison);
        const { comparisonMarkdown } = await import('../../../measure/comparison/comparison-markdown.ts');
        const { comparisonText } = await import('../../../measure/comparison/comparison-text.ts');
        context.print(
          context.json
            ? JSON.stringify(comparison, null, 2)
            : options.markdown === true
              ? comparisonMarkdown(comparison)
              : comparisonText(comparison),
        );
        if (options.output !== undefined) context.say(`Report: ${pathToShow(options.output)}/report.md`);
      });
    });
  addSharedOptions(command, [
    ['nisus compare runs/now runs/next', 'figures, and the recommendation at the end'],
    ['nisus compare runs/now runs/next --output reports/next', 'the same as a page with pictures'],
    ["nisus compare A B --json | jq -r '.recommendation.verdict'", 'for a script: ship B, keep A, mixed or no difference'],
  ]);
}

function rulesOf(options: Options): Partial<ComparisonOptions> {
  const { guard, primary, calibrationTolerance, scores, alpha, resamples, seed } = options;
  return {
    ...{ calibrationTolerance, scores, alpha, resamples, seed, cutoffs: options.cutoffs },
    decisionMetric: METRICS[options.metric]!,
    relevantDifference: options.relevant,
    guardTasks: guard,
    primaryTasks: primary ?? null,
  };
}

function numberFromZero(text: string): number {
  const value = anyNumber(text);
  if (value >= 0) return value;
  throw new InvalidArgumentError('Expected a number of 0 or more.');
}

function shareBelowOne(text: string): number {
  const value = positiveNumber(text);
  if (value < 1) return value;
  throw new InvalidArgumentError('Expected a number above 0 and below 1.');
}
