import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One event of the funnel. */
export interface FunnelEvent {
  /** Seconds since the epoch. */
  readonly seconds: number;
  readonly user: number;
  readonly item: number;
  readonly action: 'view' | 'cart' | 'buy';
}

/** A view and what came of it. */
export interface FunnelView {
  readonly event: FunnelEvent;
  /** The user put the item into the cart within the window after the view. */
  readonly carted: boolean;
  /** … and bought it within the same window. */
  readonly bought: boolean;
}

/** The entire space of the comparison: all views that stand before what they lead to. */
export interface Funnel {
  /** All events, in order of time; of one second, in order of the file. */
  readonly events: readonly FunnelEvent[];
  /** In order of time. */
  readonly views: readonly FunnelView[];
  /** Views left out: the user's cart or buy of the item lies at the view or before it. */
  readonly leftOut: number;
}

/** An outcome counts when it comes this soon after the view: 98 in 100 buys after a cart do. */
export const WINDOW_SECONDS = 86_400;

/**
 * Reads retailrocket. The file holds one event a user, item and action, so the view that is kept may be one from after the
 * cart: such a view is no opportunity any more, and is left out and counted. A buy without a cart in the window is no
 * conversion here.
 */
export function readFunnel(path: string): Funnel {
  const [header, ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trim().split(/\r?\n/);
  if (header !== 'timestamp,user_id,item_id,event')
    throw new Error(`${path}: the first line is "${header}", expected timestamp,user_id,item_id,event`);
  const events = lines.map((line) => {
    const [seconds, user, item, action] = line.split(',') as [string, string, string, FunnelEvent['action']];
    return { seconds: Number(seconds), user: Number(user), item: Number(item), action };
  });
  events.sort((a, b) => a.seconds - b.seconds);
  const key = (event: FunnelEvent) => `${event.user} ${event.item}`;
  const timesOf = (action: FunnelEvent['action']) =>
    new Map(events.filter((event) => event.action === action).map((event) => [key(event), event.seconds]));
  const [carts, buys] = [timesOf('cart'), timesOf('buy')];
  let leftOut = 0;
  const views = events.flatMap((event): FunnelView[] => {
    if (event.action !== 'view') return [];
    const after = (time: number | undefined) => (time === undefined ? Infinity : time - event.seconds);
    const [cart, buy] = [after(carts.get(key(event))), after(buys.get(key(event)))];
    if (cart <= 0 || buy <= 0) {
      leftOut++;
      return [];
    }
    const carted = cart <= WINDOW_SECONDS;
    return [{ event, carted, bought: carted && buy <= WINDOW_SECONDS }];
  });
  return { events, views, leftOut };
}
