import { Option, type Command } from 'commander';
import type { CandidateSet } from '../../../learn/evaluation/protocol.ts';
import type { SharedOptions } from '../command-context.ts';
import { candidates, cutoffs, wholeNumber } from '../option-parsers.ts';
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
    .addOption(new Option('--markdown', 'print the report as Markdown').conflicts('json'))
    .action(async (run: string, options: Options) => {
      await act(options, async (context) => {
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
    ['nisus evaluate RUN --candidates uniform:100', 'as papers with 100 sampled negatives did (not comparable with full ranking)'],
  ]);
}
