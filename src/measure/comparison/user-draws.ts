import { resampleUsers } from '../../learn/evaluation/bootstrap.ts';

/** The resamples of a comparison: the same for both models and for every cell, so that what is hard for both cancels. */
export interface UserDraws {
  readonly userCount: number;
  readonly resamples: number;
  /**
   * Calls `visit` once a resample with `[users]`, how often each user was drawn (do not keep it). Between resamples, now and then, it awaits
   * `pause`, so that a long piece of work can be shown and stopped.
   */
  forEach(visit: (draws: Int32Array, resample: number) => void, pause?: () => Promise<void>): Promise<void>;
}

/** Draws that are kept at most, 128 MB of them; more are drawn anew for each cell. */
const KEPT_MAX = 1 << 25;
const RESAMPLES_BETWEEN_PAUSES = 32;

/** Users drawn with replacement, as many as there are (Efron 1979); one seed, one series. */
export function createUserDraws(userCount: number, resamples: number, seed: number, keptMax = KEPT_MAX): UserDraws {
  const draws = new Int32Array(userCount);
  const kept = userCount * resamples <= keptMax ? new Int32Array(userCount * resamples) : null;
  if (kept !== null) resampleUsers(userCount, resamples, seed, (drawn, resample) => kept.set(drawn, resample * userCount));
  return {
    userCount,
    resamples,
    async forEach(visit, pause) {
      if (kept === null) {
        resampleUsers(userCount, resamples, seed, visit);
        await pause?.();
        return;
      }
      for (let resample = 0; resample < resamples; resample++) {
        draws.set(kept.subarray(resample * userCount, (resample + 1) * userCount));
        visit(draws, resample);
        if (resample % RESAMPLES_BETWEEN_PAUSES === RESAMPLES_BETWEEN_PAUSES - 1) await pause?.();
      }
    },
  };
}
