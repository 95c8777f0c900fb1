import { InvalidArgumentError, type Command } from 'commander';
import { givenTimeScale } from '../../data/interactions/time-scale.ts';
import { parseTimeText } from '../../data/interactions/time-text.ts';
import { DEFAULT_WORLD, platformFolder, worldFolder, type PlatformFolder } from '../platform/platform-folder.ts';
import type { CommandContext } from './command-context.ts';

/** Which platform a command is about. */
export interface PlatformOptions {
  readonly platform?: string;
}

/** Adds `--platform`, for commands that read: without it the world's that `nisus start` makes. */
export function addPlatformOption(command: Command): Command {
  return command.option('--platform <folder>', "a platform's folder (default: that of the world, in NISUS_HOME/platforms)");
}

/** The platform that was named, or the default world's. */
export function chosenPlatform({ platform }: PlatformOptions, { home }: CommandContext): PlatformFolder {
  return platformFolder(platform ?? worldFolder(home, DEFAULT_WORLD.preset, DEFAULT_WORLD.seed));
}

/** Parses a moment: ISO 8601, in UTC where it has no offset, or milliseconds since the epoch. */
export function moment(text: string): number {
  // A year alone would be a number, two seconds after the epoch.
  const timeMs = /^\d{4}$/.test(text) ? Number.NaN : Math.floor(parseTimeText(text, givenTimeScale('milliseconds')));
  if (!Number.isNaN(timeMs)) return timeMs;
  throw new InvalidArgumentError('Expected a date or a time such as 2026-03-01 or 2026-03-01T09:30:00Z, or milliseconds since 1970.');
}
