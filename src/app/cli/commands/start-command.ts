import type { Command } from 'commander';
import type { FoundDataset } from '../../datasets/find-dataset.ts';
import type { RunPlan } from '../../runs/plan-run.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { formatCountOf } from '../../words/amounts.ts';
import { InterruptedError } from '../cli-errors.ts';
import type { CommandContext, SharedOptions } from '../command-context.ts';
import { pathToShow } from '../path-to-show.ts';
import { PROGRAM_COMMAND } from '../../program-command.ts';
import { addServingOptions, serveOptions, type ServingOptions } from '../serving-options.ts';
import { addSharedOptions, type Act } from '../shared-options.ts';
import { addTrainingOptions, type TrainingOptions } from '../training-options.ts';

interface Options extends SharedOptions, ServingOptions, TrainingOptions {}

/** `nisus start`: data in, a trained model, a report and a server out; what is done already is not done again. */
export function addStartCommand(program: Command, act: Act): void {
  const command = program
    .command('start')
    .summary('all of it: import, train, report, serve')
    .description(
      'Imports the data, trains a model with settings that fit it, prints the report beside the baselines and serves it. Without DATA: a small generated data set, some two minutes. A second start serves the finished run at once; an unfinished one goes on where it stopped.',
    )
    .argument('[data]', 'a data set folder, or any file or folder that import reads');
  addServingOptions(addTrainingOptions(command)).action(async (data: string | undefined, options: Options) => {
    await act(options, async (context) => {
      const { findDataset } = await import('../../datasets/find-dataset.ts');
      const { planRun } = await import('../training-options.ts');
      context.say(`Data: ${data ?? 'none given, so the generated one'}`);
      const dataset = await findDataset(data ?? null, context);
      context.say(describe(dataset));
      const plan = await planRun(dataset, options, context.home);
      const record = await finishedRun(plan, context);
      if (context.signal.aborted) return;
      const { serveRun } = await import('../../serving/serve-run.ts');
      const example = await exampleUser(dataset);
      const serving = serveOptions(command, options, context, (url) => context.say(whatNext(url, plan, example)));
      await serveRun(plan.folder, record, { ...serving, threads: plan.config.threads }, context);
    });
  });
  addSharedOptions(command, [
    ['nisus start', 'the generated data set'],
    ['nisus start ../shared/data/ml-100k', 'real data'],
    ['nisus start clicks.csv --model sasrec --port 9000', 'another model, a port of your own'],
  ]);
}

/** The run of a plan, trained where it is not there yet; its report is printed. */
async function finishedRun(plan: RunPlan, context: CommandContext): Promise<RunRecord> {
  const { findRunRecord } = await import('../../runs/run-record.ts');
  const found = await findRunRecord(plan.folder);
  if (found?.state === 'finished') {
    const { readFile } = await import('node:fs/promises');
    const path = await import('node:path');
    const report = path.join(plan.folder, 'report.txt');
    context.print(context.json ? trainedEvent(plan, found) : await readFile(report, 'utf8'));
    context.say(`Trained before, on ${found.endedAt?.slice(0, 10)}: ${pathToShow(plan.folder)}`);
    return found;
  }
  context.say(
    `${found === null ? 'Training' : 'Going on with'} ${plan.config.model.kind}${plan.preset === null ? '' : ` (preset ${plan.preset})`} in ${pathToShow(plan.folder)}`,
  );
  const { trainRun } = await import('../../runs/train-run.ts');
  try {
    const { record, text } = await trainRun(plan, true, context);
    context.print(context.json ? trainedEvent(plan, record) : text);
    return record;
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    throw new InterruptedError(error.fields['signal'] as 'SIGINT' | 'SIGTERM', 'What is done is kept: the same command goes on from here.');
  }
}

/** What `--json` says of the run, a line before that of listening. */
function trainedEvent({ folder }: RunPlan, { metrics, outcome, trainingSeconds }: RunRecord): string {
  return JSON.stringify({ event: 'trained', run: folder, outcome, trainingSeconds, metrics });
}

const HOW: Readonly<Record<FoundDataset['how'], string>> = {
  given: 'a data set as it is',
  cached: 'imported before',
  imported: 'imported now',
  generated: 'generated now',
};

function describe({ how, manifest, folder }: FoundDataset): string {
  const { counts, source } = manifest;
  const rejected =
    source === null || source.rejects.total === 0
      ? ''
      : `, ${formatCountOf(source.rejects.total, 'row')} rejected (${folder}/rejects.jsonl)`;
  return `  ${manifest.name}, ${HOW[how]}: ${formatCountOf(counts.interactions, 'interaction')} of ${formatCountOf(counts.users, 'user')} with ${formatCountOf(counts.items, 'item')}${rejected}`;
}

/** A user that exists, for the example to paste. */
async function exampleUser({ folder, manifest }: FoundDataset): Promise<string> {
  const { openDataset } = await import('../../../data/interactions/open-dataset.ts');
  const { userIds } = await openDataset(folder);
  return userIds[Math.floor(manifest.counts.users / 2)] ?? userIds[0]!;
}

function whatNext(url: string, plan: RunPlan, user: string): string {
  const run = pathToShow(plan.folder);
  const body = JSON.stringify({ userId: user, k: 5 }).replaceAll("'", String.raw`'\''`);
  return `
What next
  Ask it           curl -s ${url}/v1/recommend -H 'content-type: application/json' -d '${body}'
  In the terminal  ${PROGRAM_COMMAND} recommend ${run} --user ${JSON.stringify(user)}
  The report       ${run}/report.md
  The API          ${url}/openapi.json
  The guides       docs/guides
  Your own data    npm start -- path/to/interactions.csv
  Stop it          Ctrl-C`;
}
