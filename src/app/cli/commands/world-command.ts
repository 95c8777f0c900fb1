import { Option, type Command } from 'commander';
import { WORLD_PRESETS, type WorldPreset } from '../../../world/world-settings.ts';
import { DEFAULT_WORLD, platformFolder, worldFolder } from '../../platform/platform-folder.ts';
import { formatCount } from '../../words/amounts.ts';
import { withRemedy } from '../cli-errors.ts';
import type { CommandContext, SharedOptions } from '../command-context.ts';
import { serverAddress, wholeNumber } from '../option-parsers.ts';
import { pathToShow } from '../path-to-show.ts';
import { addSharedOptions, type Act } from '../shared-options.ts';

interface LiveOptions extends SharedOptions {
  readonly platform?: string;
  readonly server: string;
  readonly ticks?: number;
}

/** What is said when the making of a world is stopped. */
export const WORLD_KEPT = 'What was made of the world is kept: the same command goes on from here.';

/** Adds the options that choose a world. */
export function addWorldOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--world <preset>', 'size of the world: tiny 200 users for 5 days, demo 10,000 for 14, large 1,000,000 for 14')
        .choices(Object.keys(WORLD_PRESETS))
        .default(DEFAULT_WORLD.preset),
    )
    .option('--world-seed <n>', 'seed of the world', wholeNumber(0), DEFAULT_WORLD.seed);
}

/** `nisus world`: a seeded world as a platform's users. */
export function addWorldCommand(program: Command, act: Act): void {
  const world = program
    .command('world')
    .summary('a seeded world of users, posts and markets')
    .description(
      'A seeded world of users, authors, posts and markets. `create` writes its history as a platform (log, catalog, features, data set); `live` lets it go on against a running server.',
    );
  addCreateCommand(world, act);
  addLiveCommand(world, act);
}

function addCreateCommand(world: Command, act: Act): void {
  const command = world
    .command('create')
    .summary("make a world's history")
    .description(
      'Makes a platform whose history is lived by a seeded world. What is there already is left as it is; one that was stopped goes on.',
    )
    .option('--platform <folder>', 'where it goes (default: NISUS_HOME/platforms/world-PRESET-SEED)');
  addWorldOptions(command).action(async (options: SharedOptions & { world: WorldPreset; worldSeed: number; platform?: string }) => {
    await act(options, async (context: CommandContext) => {
      const { buildWorld } = await import('../../worlds/build-world.ts');
      const place = platformFolder(options.platform ?? worldFolder(context.home, options.world, options.worldSeed));
      const record = await withRemedy(buildWorld(place, { preset: options.world, seed: options.worldSeed }, context), WORLD_KEPT);
      const told = `World ${record.preset}, seed ${record.seed}: ${formatCount(record.events)} events from ${day(record.startMs)} to ${day(record.historyEndMs)}\n  folder    ${pathToShow(place.folder)}`;
      context.print(context.json ? JSON.stringify({ folder: place.folder, ...record }) : told);
    });
  });
  addSharedOptions(command, [['nisus world create --world tiny', 'some seconds']]);
}

function addLiveCommand(world: Command, act: Act): void {
  const command = world
    .command('live')
    .summary('let a world go on against a server')
    .description(
      "Lets a platform's world go on in step with the clock, against a server that serves this platform: users see what the server answers, what they do goes to its events. `nisus start` does this by itself.",
    )
    .option('--platform <folder>', 'folder of the platform (default: that of `nisus start`)')
    .requiredOption('--server <url>', 'address of the server, such as http://127.0.0.1:8080', serverAddress)
    .option('--ticks <n>', 'end after so many minutes of the world', wholeNumber(1))
    .action(async (options: LiveOptions) => {
      await act(options, async (context: CommandContext) => {
        const { liveWorld } = await import('../../worlds/live-world.ts');
        const { waitFor } = await import('../../wait-for.ts');
        const place = platformFolder(options.platform ?? worldFolder(context.home, DEFAULT_WORLD.preset, DEFAULT_WORLD.seed));
        await liveWorld(
          place,
          { url: options.server, wait: waitFor, ...(options.ticks === undefined ? {} : { ticksMax: options.ticks }) },
          context,
        );
      });
    });
  addSharedOptions(command, [['nisus world live --server http://127.0.0.1:8080', 'against the server of `nisus start --still`']]);
}

function day(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
