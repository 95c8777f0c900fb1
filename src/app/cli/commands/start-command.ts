import type { Command } from 'commander';
import type { WorldPreset } from '../../../world/world-settings.ts';
import type { FoundDataset } from '../../datasets/find-dataset.ts';
import type { RunPlan } from '../../runs/plan-run.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { platformFolder, worldFolder, type PlatformFolder } from '../../platform/platform-folder.ts';
import { formatCount, formatCountOf } from '../../words/amounts.ts';
import type { WorldChoice } from '../../worlds/world-errors.ts';
import type { WorldProcess } from '../../worlds/world-process.ts';
import type { WorldRecord } from '../../worlds/world-record.ts';
import { withRemedy } from '../cli-errors.ts';
import type { CommandContext, SharedOptions } from '../command-context.ts';
import { pathToShow } from '../path-to-show.ts';
import { PROGRAM_COMMAND } from '../../program-command.ts';
import { addServingOptions, serveOptions, type ServingOptions } from '../serving-options.ts';
import { addSharedOptions, type Act } from '../shared-options.ts';
import { addWorldOptions, WORLD_KEPT } from './world-command.ts';
import { addTrainingOptions, type TrainingOptions } from '../training-options.ts';

interface Options extends SharedOptions, ServingOptions, TrainingOptions {
  readonly world: WorldPreset;
  readonly worldSeed: number;
  readonly still?: boolean;
}

/** `nisus start`: data in, a trained model, a report and a server out; what is done already is not done again. */
export function addStartCommand(program: Command, act: Act): void {
  const command = program
    .command('start')
    .summary('all of it: import, train, report, serve')
    .description(
      'Imports the data, trains a model with settings that fit it, prints the report beside the baselines and serves it. Without DATA: a seeded world of 10,000 users whose two weeks of events go through log and features, and which then lives on against the server; some three minutes. A second start serves the finished run at once; an unfinished one goes on where it stopped.',
    )
    .argument('[data]', 'a data set folder, or any file or folder that import reads; `generated` for the small generated one')
    .option('--still', 'without DATA: the world does not live on against the server');
  addServingOptions(addTrainingOptions(addWorldOptions(command))).action(async (data: string | undefined, options: Options) => {
    await act(options, async (context) => {
      const { planRun } = await import('../training-options.ts');
      const place = data === undefined ? platformFolder(worldFolder(context.home, options.world, options.worldSeed)) : null;
      const dataset = place === null ? await givenData(data!, context) : await worldData(place, options, context);
      context.say(describe(dataset));
      const plan = await planRun(dataset, options, context.home);
      const record = await finishedRun(plan, context);
      if (context.signal.aborted) return;
      const { serveRun } = await import('../../serving/serve-run.ts');
      const example = await exampleUser(dataset);
      let world: WorldProcess | null = null;
      const afterListening = async (url: string) => {
        context.say(whatNext(url, plan, example, place));
        if (place === null || options.still === true) return;
        const { startWorldProcess } = await import('../../worlds/world-process.ts');
        if (!context.signal.aborted) world = startWorldProcess(place, url, context);
      };
      const serving = serveOptions(command, options, context, (url) => void afterListening(url));
      context.signal.addEventListener('abort', () => void world?.stop(), { once: true });
      try {
        await serveRun(plan.folder, record, { ...serving, threads: plan.config.threads, platform: place }, context);
      } finally {
        await (world as WorldProcess | null)?.stop();
      }
    });
  });
  addSharedOptions(command, [
    ['nisus start', 'a living world of 10,000 users'],
    ['nisus start --world tiny --still', 'a small one, standing still'],
    ['nisus start ../shared/data/ml-100k', 'real data'],
    ['nisus start clicks.csv --model sasrec --port 9000', 'another model, a port of your own'],
  ]);
}

async function givenData(data: string, context: CommandContext): Promise<FoundDataset> {
  const { findDataset } = await import('../../datasets/find-dataset.ts');
  context.say(`Data: ${data}`);
  return findDataset(data, context);
}

/** The world's data set, with all that comes before it made where it is not there yet. */
async function worldData(place: PlatformFolder, { world, worldSeed }: Options, context: CommandContext): Promise<FoundDataset> {
  const { findWorld } = await import('../../worlds/world-record.ts');
  const { readManifest } = await import('../../../data/interactions/dataset-manifest.ts');
  context.say(`Data: none given, so the ${world} world, in ${pathToShow(place.folder)}`);
  const choice = { preset: world, seed: worldSeed };
  const found = await findWorld(place.folder, choice);
  const how = found?.state === 'ready' ? 'lived' : 'living';
  const { events } = found?.state === 'ready' ? found : await withRemedy(builtWorld(place, choice, context), WORLD_KEPT);
  context.say(`  ${formatCount(events)} events in the log, features up to date`);
  return { folder: place.dataset, manifest: await readManifest(place.dataset), how };
}

async function builtWorld(place: PlatformFolder, choice: WorldChoice, context: CommandContext): Promise<WorldRecord> {
  // What makes a world is not loaded where there is one.
  const { buildWorld } = await import('../../worlds/build-world.ts');
  return buildWorld(place, choice, context);
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
  const { record, text } = await withRemedy(trainRun(plan, true, context), 'What is done is kept: the same command goes on from here.');
  context.print(context.json ? trainedEvent(plan, record) : text);
  return record;
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
  lived: 'lived before',
  living: 'lived now',
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

function whatNext(url: string, plan: RunPlan, user: string, platform: PlatformFolder | null): string {
  const run = pathToShow(plan.folder);
  const body = JSON.stringify({ userId: user, k: 5 }).replaceAll("'", String.raw`'\''`);
  return `
What next
  Ask it           curl -s ${url}/v1/recommend -H 'content-type: application/json' -d '${body}'
  In the terminal  ${PROGRAM_COMMAND} recommend ${run} --user ${JSON.stringify(user)}
  The report       ${run}/report.md${
    platform === null
      ? ''
      : `
  Its features     ${PROGRAM_COMMAND} features read user ${JSON.stringify(user)}
  Send events      curl -s ${url}/v1/events -H 'content-type: application/json' -d '${sampleEvent(user)}'`
  }
  The API          ${url}/openapi.json
  The guides       docs/guides
  Your own data    npm start -- path/to/interactions.csv
  Stop it          Ctrl-C`;
}

/** An event to paste: a click on a feature that every world has. */
function sampleEvent(userId: string): string {
  const subject = { kind: 'feature', id: 'spot' };
  return JSON.stringify({ events: [{ id: 'my-first-event', userId, action: 'open', subject, timeMs: 0 }] }).replace(
    '"timeMs":0',
    `"timeMs":'$(date +%s)000'`,
  );
}
