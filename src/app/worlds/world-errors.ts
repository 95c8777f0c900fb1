import { NisusError } from '../../base/error.ts';
import type { WorldPreset } from '../../world/world-settings.ts';

/** Which world. */
export interface WorldChoice {
  readonly preset: WorldPreset;
  readonly seed: number;
}

/** Thrown when the server that the world lives against does not answer as it should. Code `WORLD_SERVER`. */
export class WorldServerError extends NisusError {
  constructor(url: string, problem: string, cause?: unknown) {
    super('WORLD_SERVER', `The world cannot go on: the server at ${url} did not answer (${problem}). Start it, or give another address.`, {
      fields: { url, problem },
      cause,
    });
  }
}

/** What kept a request from being answered, in the words of the system: `fetch` itself says no more than that it failed. */
export function requestProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}

/** Thrown when a platform's `world.json` is not what was written. Code `WORLD_RECORD`. */
export class WorldRecordError extends NisusError {
  constructor(file: string, cause: unknown) {
    super('WORLD_RECORD', `${file} is damaged. Remove its folder; the world is made anew at the next start.`, { fields: { file }, cause });
  }
}

/** Thrown when a folder holds another world than the one that was asked for. Code `WORLD_OTHER`. */
export class WorldOtherError extends NisusError {
  constructor(folder: string, found: WorldChoice, asked: WorldChoice) {
    super(
      'WORLD_OTHER',
      `${folder} holds the world ${found.preset} of seed ${found.seed}, not ${asked.preset} of seed ${asked.seed}. Give another folder, or remove this one.`,
      { fields: { folder, found, asked } },
    );
  }
}

/** Thrown when a folder holds a platform that is no world's: a world would be mixed into it. Code `WORLD_OTHER`. */
export class PlatformTakenError extends NisusError {
  constructor(folder: string) {
    super('WORLD_OTHER', `${folder} holds a platform that no world made. Give a folder of its own to the world.`, { fields: { folder } });
  }
}

/** Thrown when a world cannot go on since its seed lives differently in this version of the program. Code `WORLD_VERSION`. */
export class WorldVersionError extends NisusError {
  constructor(folder: string, found: number, known: number) {
    super(
      'WORLD_VERSION',
      `${folder} holds a world of version ${found}; in this program, version ${known}, its seed lives differently, so it cannot go on. Its history can still be served; remove the folder to make it anew.`,
      { fields: { folder, found, known } },
    );
  }
}

/** Thrown when a folder holds no world to live on. Code `WORLD_MISSING`. */
export class WorldMissingError extends NisusError {
  constructor(folder: string) {
    super('WORLD_MISSING', `${folder} holds no world with a whole history. Make one with \`nisus start\` or \`nisus world create\`.`, {
      fields: { folder },
    });
  }
}
