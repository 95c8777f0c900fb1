import { NisusError } from '../../base/error.ts';

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

/** Thrown when a folder holds no world to live on. Code `WORLD_MISSING`. */
export class WorldMissingError extends NisusError {
  constructor(folder: string) {
    super('WORLD_MISSING', `${folder} holds no world with a whole history. Make one with \`nisus start\` or \`nisus world create\`.`, {
      fields: { folder },
    });
  }
}
