import { Option, type Command } from 'commander';
import { requestLimits, type Recommendation } from '../../server/recommend-schema.ts';
import { formatCountOf } from '../../words/amounts.ts';
import { UsageError } from '../cli-errors.ts';
import type { SharedOptions } from '../command-context.ts';
import { list, wholeNumber } from '../option-parsers.ts';
import { addSharedOptions, type Act } from '../shared-options.ts';
import { formatTable } from '../../words/table.ts';

interface Options extends SharedOptions {
  readonly user?: string;
  readonly history?: readonly string[];
  readonly k: number;
  readonly exclude?: readonly string[];
  readonly excludeSeen: boolean;
  readonly threads: number;
  readonly data?: string;
}

/** `nisus recommend`: the best items for a user or a history, as a table. */
export function addRecommendCommand(program: Command, act: Act): void {
  const command = program
    .command('recommend')
    .summary('recommend for one user or history')
    .description(
      'Recommends as the server does: for a user of the data set, or for item ids given as a history, oldest first. An unknown user gets the most popular items, and is told so.',
    )
    .argument('<run>', 'folder of a finished run')
    .addOption(new Option('--user <id>', 'a user of the data set').conflicts('history'))
    .option('--history <ids>', 'item ids with commas between them, oldest first', list)
    .option('-k, --k <n>', 'how many', wholeNumber(1, requestLimits.kMax), 10)
    .option('--exclude <ids>', 'item ids to leave out', list)
    .option('--no-exclude-seen', 'items of the history may be recommended')
    .option('--threads <n>', 'threads of the model', wholeNumber(1, 256), 2)
    .option('--data <folder>', 'the data set, where it lies elsewhere than the run says')
    .action(async (run: string, options: Options) => {
      await act(options, async (context) => {
        if (options.user === undefined && options.history === undefined)
          throw new UsageError('recommend needs --user ID or --history ID,ID,…');
        const { readFinishedRun } = await import('../../runs/open-run.ts');
        const { openService } = await import('../../serving/open-service.ts');
        const record = await readFinishedRun(run);
        const opened = await openService(run, record, context, { threads: options.threads, dataFolder: options.data ?? null });
        try {
          const answer = await opened.service.recommend({
            ...(options.user === undefined ? { history: [...options.history!] } : { userId: options.user }),
            k: options.k,
            exclude: [...(options.exclude ?? [])],
            excludeSeen: options.excludeSeen,
          });
          context.print(context.json ? JSON.stringify(answer, null, 2) : asTable(answer, options));
        } finally {
          await opened.close();
        }
      });
    });
  addSharedOptions(command, [
    ['nisus recommend RUN --user 42', 'ten items for user 42'],
    ['nisus recommend RUN --history 1193,661,914 -k 5 --exclude 3408', 'five items after these three'],
    ["nisus recommend RUN --user 42 --json | jq -r '.items[].itemId'", 'for a script'],
  ]);
}

const REASONS: Readonly<Record<NonNullable<Recommendation['reason']>, string>> = {
  'unknown-user': 'the user is not in the data set',
  'empty-history': 'the history is empty',
  'unknown-items': 'the model knows no item of the history',
};

function asTable(answer: Recommendation, options: Options): string {
  const subject = options.user === undefined ? `a history of ${answer.historyLength}` : `user ${options.user}`;
  const source =
    answer.reason === undefined
      ? `${answer.model.name}, history of ${answer.historyLength}`
      : `most popular items: ${REASONS[answer.reason]}`;
  const hasTitles = answer.items.some(({ title }) => title !== undefined);
  const rows = answer.items.map(({ itemId, score, title }, place) => [
    String(place + 1),
    itemId,
    score.toFixed(3),
    ...(hasTitles ? [title ?? ''] : []),
  ]);
  const notes = [
    ...(answer.unknownItemCount === 0 ? [] : [`not known and skipped: ${formatCountOf(answer.unknownItemCount, 'item')} of the history`]),
    ...(answer.unknownExcludeCount === 0 ? [] : [`not known: ${formatCountOf(answer.unknownExcludeCount, 'item')} to exclude`]),
    ...(answer.shortBy === 0 ? [] : [`${answer.shortBy} fewer than asked for: no more items are left`]),
  ];
  const table = formatTable([['#', 'item', 'score', ...(hasTitles ? ['title'] : [])], ...rows], [0, 2]);
  return [`For ${subject} (${source}):`, table, ...notes].join('\n');
}
