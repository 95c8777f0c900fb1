import type { InteractionSequences, Ranker } from '../../interaction-sequences.ts';
import { BaselineError } from './baseline-error.ts';
import { distinctItems, distinctOfHistory } from './distinct-items.ts';
import { createMatrixProduct } from './matrix-product.ts';
import { invertSymmetric } from './symmetric-inverse.ts';
import { createSymmetricTiles } from './symmetric-tiles.ts';
import type { SymmetricTiles } from './symmetric-tiles.ts';

export interface EaseOptions {
  /** Weight λ of the squared norm. @default 250 */
  readonly regularisation?: number;
  /** Catalogues beyond this are refused: time grows with its cube, memory with its square. @default 20_000 */
  readonly itemCountMax?: number;
  /** Told the share done, in (0, 1]. */
  readonly onProgress?: (share: number) => void;
}

/** Edge of the matrix's tiles: large enough for the native product's full speed. */
const TILE_SIZE = 1024;

/**
 * EASEᴿ (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data"), in closed form: with X the user × item
 * matrix of ones, G = XᵀX + λI and P = G⁻¹, the item–item weights are B_ij = −P_ij / P_jj, B_jj = 0 (equation 8), and a
 * history x scores xB. Repeats in a history count once.
 *
 * The inverse is float64, the weights float32. Cost: `itemCount³` floating-point operations and Σ over users of
 * (different items)² steps to fit; `8 · itemCount²` bytes while fitting, `4 · itemCount²` after; a score is
 * (history length × itemCount) additions.
 *
 * @throws BaselineError `EASE_TOO_MANY_ITEMS` beyond `itemCountMax`, `EASE_OPTIONS`
 */
export async function fitEase(train: InteractionSequences, options: EaseOptions = {}): Promise<Ranker> {
  const { regularisation = 250, itemCountMax = 20_000 } = options;
  const { itemCount } = train;
  if (itemCount > itemCountMax) {
    throw new BaselineError(
      'EASE_TOO_MANY_ITEMS',
      `EASE inverts an items × items matrix, and ${itemCount} items are more than its bound of ${itemCountMax}. Raise the bound if there are ${gibibytes(8 * itemCount ** 2)} GiB of memory and hours to spare.`,
      { fields: { itemCount, itemCountMax } },
    );
  }
  if (!(regularisation > 0)) {
    throw new BaselineError('EASE_OPTIONS', `EASE needs a regularisation above 0, and it is ${regularisation}.`, {
      fields: { regularisation },
    });
  }
  const matrix = gramMatrix(train, regularisation);
  const product = createMatrixProduct();
  try {
    await invertSymmetric(matrix, product, options.onProgress);
  } finally {
    await product.close();
  }
  return easeRanker(itemWeights(matrix));
}

function easeRanker(weights: readonly Float32Array[]): Ranker {
  const itemCount = weights.length;
  const marks = new Int32Array(itemCount);
  const nothing = new Float32Array(itemCount);
  let mark = 0;
  return {
    name: 'EASE',
    itemCount,
    async score({ histories }) {
      const scores = new Float32Array(histories.length * itemCount);
      const different = new Int32Array(histories.reduce((most, { length }) => Math.max(most, length), 0));
      for (let row = 0; row < histories.length; row++) {
        const into = scores.subarray(row * itemCount, (row + 1) * itemCount);
        const count = distinctOfHistory(histories[row]!, marks, ++mark, different);
        const weightsAt = (at: number) => (at < count ? weights[different[at]!]! : nothing);
        // Four rows a pass: the sums are read and written a quarter as often.
        for (let at = 0; at < count; at += 4) {
          addRows(into, weightsAt(at), weightsAt(at + 1), weightsAt(at + 2), weightsAt(at + 3));
        }
      }
      return scores;
    },
  };
}

function addRows(into: Float32Array, a: Float32Array, b: Float32Array, c: Float32Array, d: Float32Array): void {
  for (let item = 0; item < into.length; item++) into[item]! += a[item]! + b[item]! + (c[item]! + d[item]!);
}

/** XᵀX + λI. */
function gramMatrix(train: InteractionSequences, regularisation: number): SymmetricTiles {
  const matrix = createSymmetricTiles(train.itemCount, TILE_SIZE);
  const { tiles } = matrix;
  const shift = Math.log2(TILE_SIZE);
  const mask = TILE_SIZE - 1;
  const { userOffsets, items } = distinctItems(train);
  for (let user = 0; user + 1 < userOffsets.length; user++) {
    const own = items.subarray(userOffsets[user]!, userOffsets[user + 1]!).sort();
    for (let at = 0; at < own.length; at++) {
      const item = own[at]!;
      const tileRow = tiles[item >> shift]!;
      const inner = item & mask;
      for (let other = 0; other <= at; other++) {
        const { columns, values } = tileRow[own[other]! >> shift]!;
        values[inner * columns + (own[other]! & mask)]!++;
      }
    }
  }
  for (let item = 0; item < train.itemCount; item++) {
    const { columns, values } = tiles[item >> shift]![item >> shift]!;
    values[(item & mask) * (columns + 1)]! += regularisation;
  }
  // Only the lower half has been counted; tiles on the diagonal must be whole.
  tiles.forEach((row, at) => {
    const { rows, values } = row[at]!;
    for (let high = 0; high < rows; high++) {
      for (let low = 0; low < high; low++) values[low * rows + high] = values[high * rows + low]!;
    }
  });
  return matrix;
}

/** B from P, a row an item; empties the tiles on the way, to hold little more than one of the two. */
function itemWeights({ size, tileSize, tiles }: SymmetricTiles): Float32Array[] {
  const divisors = new Float64Array(size);
  for (let item = 0; item < size; item++) {
    const { columns, values } = tiles[Math.floor(item / tileSize)]!.at(-1)!;
    divisors[item] = -values[(item % tileSize) * (columns + 1)]!;
  }
  const weights = Array.from({ length: size }, () => new Float32Array(size));
  for (let tileRow = tiles.length - 1; tileRow >= 0; tileRow--) {
    tiles[tileRow]!.forEach(({ rows, columns, values }, tileColumn) => {
      for (let high = 0; high < rows; high++) {
        const item = tileRow * tileSize + high;
        for (let low = 0; low < columns; low++) {
          const other = tileColumn * tileSize + low;
          if (item === other) continue;
          weights[item]![other] = values[high * columns + low]! / divisors[other]!;
          weights[other]![item] = values[high * columns + low]! / divisors[item]!;
        }
      }
    });
    tiles.length = tileRow;
  }
  return weights;
}

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}
