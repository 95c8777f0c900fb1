import { exp } from '../../base/portable-math.ts';
import type { Asset } from './assets.ts';

/** Flow is forgotten with this time constant, so a displacement of price, its square root, with twice this one. */
const FLOW_MS = 4 * 3_600_000;
/** Leans at one time, over all assets. */
const LEANS_MAX = 10_000;
/** A displacement beyond e^2 or below e^-2 is not pushed further. */
const DISPLACEMENT_MAX = 2;

const square = (value: number) => value * value;

/** Orders from outside and what they do to prices. */
export interface OrderPressure {
  /** Log displacement of an asset's price by what was pushed and is not yet forgotten. */
  displacement(row: number): number;
  /** USDT bought (above 0) or sold (below 0); moves the displacement at once. */
  push(row: number, signedVolume: number): void;
  /** Somebody moves the price by so much log drift an hour until then, against what is forgotten meanwhile. Whether there was room. */
  lean(row: number, driftPerHour: number, untilMs: number): boolean;
  /** One step: flow is forgotten, leans push on. */
  step(timeMs: number): void;
  /** USDT pushed since the last step, buying and selling together; and starts anew. */
  takeVolume(row: number): number;
}

/**
 * Impact by the square-root law: displacement = Y × daily volatility × √(flow / daily volume), with the sign of the flow, where flow is the
 * signed volume not yet forgotten. So it does not matter into how many orders a volume is cut, twice the volume moves the price by 1.41 times,
 * and what moved up comes down when the pushing ends. Y is 1, and 5 for thinly traded assets.
 * Source: J.-P. Bouchaud, J. D. Farmer, F. Lillo, "How markets slowly digest changes in supply and demand" (2009), sections 3 and 5.
 */
export function createOrderPressure(assets: readonly Asset[], stepMs: number): OrderPressure {
  const count = assets.length;
  const flow = new Float64Array(count);
  const pushed = new Float64Array(count);
  /** Displacement = scale × √(|flow|). */
  const scale = Float64Array.from(assets, (asset) => ((asset.smallCap ? 5 : 1) * asset.ownDailyVolatility) / Math.sqrt(asset.dailyVolume));
  const keep = exp(-stepMs / FLOW_MS);
  const leans: { row: number; drift: number; untilMs: number }[] = [];
  const displacement = (row: number) => (flow[row]! < 0 ? -1 : 1) * scale[row]! * Math.sqrt(Math.abs(flow[row]!));
  const flowOf = (row: number, displaced: number) => (displaced < 0 ? -1 : 1) * square(displaced / scale[row]!);
  const push = (row: number, signedVolume: number) => {
    const most = flowOf(row, DISPLACEMENT_MAX);
    flow[row] = Math.max(-most, Math.min(most, flow[row]! + signedVolume));
    // What goes beyond the most finds nobody to trade with.
    pushed[row]! += Math.min(2 * most, Math.abs(signedVolume));
  };
  return {
    displacement,
    push,
    lean(row, driftPerHour, untilMs) {
      if (leans.length >= LEANS_MAX) return false;
      leans.push({ row, drift: (driftPerHour * stepMs) / 3_600_000, untilMs });
      return true;
    },
    step(timeMs) {
      for (let row = 0; row < count; row++) flow[row]! *= keep;
      let kept = 0;
      for (const lean of leans) {
        if (timeMs > lean.untilMs) continue;
        leans[kept++] = lean;
        const before = displacement(lean.row) / Math.sqrt(keep);
        const target = Math.max(-DISPLACEMENT_MAX, Math.min(DISPLACEMENT_MAX, before + lean.drift));
        push(lean.row, flowOf(lean.row, target) - flow[lean.row]!);
      }
      leans.length = kept;
    },
    takeVolume(row) {
      const volume = pushed[row]!;
      pushed[row] = 0;
      return volume;
    },
  };
}
