/** Time, passed in: nothing below `app/` reads the machine's clock. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Milliseconds from an arbitrary start; never goes back. For durations. */
  monotonicMs(): number;
}

/** A clock for tests: it stands still until moved. */
export function manualClock(startMs = 0): Clock & { advance(byMs: number): void } {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    advance(byMs) {
      nowMs += byMs;
    },
  };
}
