/** Learning rate at step 1, 2, … */
export type Schedule = (step: number) => number;

/** Always the same rate. */
export function constantSchedule(rate: number): Schedule {
  return () => rate;
}

/** Rises linearly from rate / warmupSteps to the schedule's own rate over the first steps, then follows it. */
export function withWarmup(schedule: Schedule, warmupSteps: number): Schedule {
  return (step) => schedule(step) * Math.min(1, step / Math.max(1, warmupSteps));
}

/** Falls linearly from `rate` to `finalRate` over `steps`, then stays. @param finalRate default 0 */
export function linearSchedule(rate: number, steps: number, finalRate = 0): Schedule {
  return (step) => rate + (finalRate - rate) * Math.min(1, step / steps);
}

/** Falls along half a cosine from `rate` to `finalRate` over `steps`, then stays (Loshchilov & Hutter 2017). */
export function cosineSchedule(rate: number, steps: number, finalRate = 0): Schedule {
  return (step) => finalRate + 0.5 * (rate - finalRate) * (1 + Math.cos(Math.PI * Math.min(1, step / steps)));
}
