import { Option, type Command } from 'commander';
import type { CandidateSet } from '../../../learn/evaluation/protocol.ts';
import { UsageError } from '../cli-errors.ts';
import type { CommandContext, SharedOptions } from '../command-context.ts';
import { candidates, cutoffs, list, wholeNumber } from '../option-parsers.ts';
import { addSharedOptions, type Act } from '../shared-options.ts';

interface Options extends SharedOptions {
  readonly split: 'test' | 'validation';
  readonly candidates: CandidateSet;
  readonly seen: 'left-out' | 'kept';
  readonly cutoffs: readonly number[];
  readonly baselines: boolean;
  readonly seed: number;
  readonly threads: number;
  readonly data?: string;
  readonly markdown?: boolean;
  readonly domains?: readonly string[];
  readonly retrain?: boolean;
}

/** `nisus evaluate`: a run's model beside the baselines, under a protocol of one's choice. */
export function addEvaluateCommand(program: Command, act: Act): void {
  const command = program
    .command('evaluate')
    .summary('measure a run beside the baselines')
    .description(
      "Asks a run's exported model the held-out cases of its data set, beside every baseline. By default the protocol of the run's own report: test cases, full ranking, seen items left out.",
    )
    .argument('<run>', 'folder of a finished run')
    .addOption(new Option('--split <cases>', 'which cases').choices(['test', 'validation']).default('test'))
    .addOption(
      new Option('--candidates <set>', 'all, uniform:N or popularity:N sampled negatives')
        .argParser(candidates)
        .default({ kind: 'all' }, 'all'),
    )
    .addOption(new Option('--seen <what>', 'whether items of the history are candidates').choices(['left-out', 'kept']).default('left-out'))
    .addOption(new Option('--cutoffs <list>', 'lengths of the lists').argParser(cutoffs).default([10, 50, 100], '10,50,100'))
    .option('--baselines', 'with every baseline', true)
    .option('--no-baselines', 'the model alone')
    .option('--seed <n>', 'of sampled candidates and intervals', wholeNumber(0), 0)
    .option('--threads <n>', 'threads of the model', wholeNumber(1, 256), 2)
    .option('--data <folder>', 'the data set, where it lies elsewhere than the run says')
    .option('--domains <list>', 'of a run over actions: also with histories of these domains only (content,feature,search,outcome)', list)
    .option('--retrain', 'with --domains: also a model that is trained on them alone')
    .addOption(new Option('--markdown', 'print the report as Markdown').conflicts('json'))
    .action(async (run: string, options: Options) => {
      await act(options, async (context) => {
        if (await isOverActions(run, options)) return evaluateOverActions(run, options, context);
        const stored = await rankingReport(run, options);
        if (stored !== null) return context.print(context.json ? JSON.stringify(stored.record, null, 2) : stored.text);
        const { evaluateRun } = await import('../../evaluation/evaluate-run.ts');
        const report = await evaluateRun(
          run,
          {
            part: options.split,
            candidates: options.candidates,
            seenItems: options.seen === 'kept' ? 'kept' : 'left out',
            cutoffs: options.cutoffs,
            withBaselines: options.baselines,
            seed: options.seed,
            threads: options.threads,
            dataFolder: options.data ?? null,
          },
          context,
        );
        const { reportJson } = await import('../../../learn/evaluation/report-json.ts');
        const { reportMarkdown } = await import('../../../learn/evaluation/report-markdown.ts');
        const { reportText } = await import('../../../learn/evaluation/report-text.ts');
        context.print(context.json ? reportJson(report) : options.markdown === true ? reportMarkdown(report) : reportText(report));
      });
    });
  addSharedOptions(command, [
    ['nisus evaluate .nisus/runs/ml-1m-hstu-1a2b3c4d', 'full ranking on the test cases'],
    ['nisus evaluate RUN --split validation --no-baselines --json', 'the model alone, as JSON'],
    ['nisus evaluate RUN --domains content --retrain', 'what features, search and trading add to a run over actions'],
    ['nisus evaluate RUN --candidates uniform:100', 'as papers with 100 sampled negatives did (not comparable with full ranking)'],
  ]);
}

/** The report of a ranking run, as it was written when the test pages were asked; null for runs of other kinds. */
async function rankingReport(run: string, { markdown }: Options) {
  const { findRankingRecord } = await import('../../ranking/ranking-run-record.ts');
  const { RunUnfinishedError } = await import('../../runs/run-errors.ts');
  const record = await findRankingRecord(run);
  if (record === null) return null;
  if (record.state !== 'finished') throw new RunUnfinishedError(run);
  const { readFile } = await import('node:fs/promises');
  return { record, text: await readFile(`${run}/report.${markdown === true ? 'md' : 'txt'}`, 'utf8') };
}

async function isOverActions(run: string, { domains, retrain }: Options): Promise<boolean> {
  const { runKindOf } = await import('../../runs/run-kind.ts');
  const { NEXT_ACTION_RUN } = await import('../../runs/run-record.ts');
  if (retrain === true && domains === undefined)
    throw new UsageError('--retrain goes with --domains: it trains a model on the domains that are named there.');
  const kind = await runKindOf(run);
  if (kind === NEXT_ACTION_RUN) return true;
  if (domains !== undefined && kind !== null)
    throw new UsageError(
      `--domains works on runs over actions, and the run in ${run} was trained on plain interactions, which know no domains. Train one with: nisus train PLATFORM --model hstu-actions`,
      { run },
    );
  return false;
}

async function evaluateOverActions(run: string, options: Options, context: CommandContext): Promise<void> {
  if (options.candidates.kind !== 'all')
    throw new UsageError('A run over actions is ranked among all that was there at the moment: leave --candidates out.');
  const { evaluateNextActionRun } = await import('../../next-action/evaluate-next-action-run.ts');
  const { nextActionMarkdown, nextActionText } = await import('../../next-action/report-next-action.ts');
  const report = await evaluateNextActionRun(
    run,
    {
      part: options.split,
      cutoffs: options.cutoffs,
      withBaselines: options.baselines,
      seed: options.seed,
      threads: options.threads,
      domains: options.domains ?? null,
      retrain: options.retrain ?? false,
      platformFolder: options.data ?? null,
    },
    context,
  );
  context.print(
    context.json ? JSON.stringify(report, null, 2) : options.markdown === true ? nextActionMarkdown(report) : nextActionText(report),
  );
}
