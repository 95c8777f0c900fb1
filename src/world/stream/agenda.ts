/** A trade that somebody has decided on and not done yet. */
export interface PlannedTrade {
  readonly user: number;
  /** Index of a spot instrument. */
  readonly instrument: number;
  /** Exactly when, milliseconds since the epoch. */
  readonly timeMs: number;
  /** Part of the cash to put in, 0 to 1. */
  readonly part: number;
  readonly cause: TradeCause;
  /** The visit in which it was decided. */
  readonly sessionId: string;
}

/** Why somebody trades: of their own, because of a card, because of a post, because of a campaign's post. */
export type TradeCause = 'own' | 'card' | 'post' | 'pump';

/** Trades planned for later ticks. */
export interface Agenda {
  plan(tick: number, trade: PlannedTrade): void;
  /** Takes out what is due in a tick, in the order in which it was planned. */
  take(tick: number): readonly PlannedTrade[];
  size(): number;
}

const NOTHING: readonly PlannedTrade[] = [];

/** An empty agenda. Bounded by the decisions of a few days: no trade is planned further ahead. */
export function createAgenda(): Agenda {
  const byTick = new Map<number, PlannedTrade[]>();
  let size = 0;
  return {
    plan(tick, trade) {
      const due = byTick.get(tick);
      if (due === undefined) byTick.set(tick, [trade]);
      else due.push(trade);
      size++;
    },
    take(tick) {
      const due = byTick.get(tick);
      if (due === undefined) return NOTHING;
      byTick.delete(tick);
      size -= due.length;
      return due;
    },
    size: () => size,
  };
}
