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
