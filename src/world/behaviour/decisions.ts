/**
 * The latest trading decisions with both of their outcomes, as columns; a ring. Row of decision `n`: `n % capacity`. One
 * decision is taken at the end of each visit, for all users: an uplift model's unit.
 */
export interface Decisions {
  readonly capacity: number;
  /** Decisions ever taken. */
  count: number;
  readonly user: Int32Array;
  readonly visit: Uint32Array;
  readonly timeMs: Float64Array;
  /** 1: a trading card was looked at. */
  readonly treated: Uint8Array;
  /** Chance to trade without a card, and with one. */
  readonly chanceWithout: Float32Array;
  readonly chanceWith: Float32Array;
  /** What happens without a card, and with one: the same draw held against both chances. */
  readonly tradesWithout: Uint8Array;
  readonly tradesWith: Uint8Array;
}

/** No decision yet, with room for some. */
export function emptyDecisions(capacity: number): Decisions {
  return {
    capacity,
    count: 0,
    user: new Int32Array(capacity),
    visit: new Uint32Array(capacity),
    timeMs: new Float64Array(capacity),
    treated: new Uint8Array(capacity),
    chanceWithout: new Float32Array(capacity),
    chanceWith: new Float32Array(capacity),
    tradesWithout: new Uint8Array(capacity),
    tradesWith: new Uint8Array(capacity),
  };
}
