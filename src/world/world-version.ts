/**
 * Version of how worlds live: rises with every change after which the same seed makes other events (the golden digest in
 * `create-world.test.ts` tells). Whoever keeps a world's history and lives through it again keeps this beside it.
 */
export const WORLD_VERSION = 2;
