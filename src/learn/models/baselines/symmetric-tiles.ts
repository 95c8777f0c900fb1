import type { Matrix } from './matrix-product.ts';

/**
 * The lower half of a symmetric matrix, cut into square tiles: tile (i, j), j ≤ i, is row-major and stands for rows
 * `i · tileSize …` and columns `j · tileSize …`. Half the memory of the whole, and each tile goes to a native kernel
 * without a copy. Tiles on the diagonal are held whole.
 */
export interface SymmetricTiles {
  readonly size: number;
  /** A power of two. */
  readonly tileSize: number;
  /** Tile (i, j) at `[i][j]`; algorithms replace tiles rather than copy into them. */
  readonly tiles: Matrix[][];
}

/** A symmetric matrix of zeros; takes `4 · size²` bytes. */
export function createSymmetricTiles(size: number, tileSize: number): SymmetricTiles {
  const count = Math.ceil(size / tileSize);
  const extent = (at: number) => Math.min(tileSize, size - at * tileSize);
  return {
    size,
    tileSize,
    tiles: Array.from({ length: count }, (_, row) => Array.from({ length: row + 1 }, (_, column) => zeros(extent(row), extent(column)))),
  };
}

/** A matrix of zeros. */
export function zeros(rows: number, columns: number): Matrix {
  return { rows, columns, values: new Float64Array(rows * columns) };
}

/** Copies a symmetric matrix into tiles. */
export function tilesOf(matrix: Matrix, tileSize: number): SymmetricTiles {
  const tiled = createSymmetricTiles(matrix.rows, tileSize);
  tiled.tiles.forEach((row, tileRow) =>
    row.forEach((tile, tileColumn) => {
      for (let at = 0; at < tile.rows; at++) {
        const from = (tileRow * tileSize + at) * matrix.columns + tileColumn * tileSize;
        tile.values.set(matrix.values.subarray(from, from + tile.columns), at * tile.columns);
      }
    }),
  );
  return tiled;
}

/** Copies tiles into a whole symmetric matrix. */
export function wholeOf({ size, tileSize, tiles }: SymmetricTiles): Matrix {
  const whole = zeros(size, size);
  tiles.forEach((row, tileRow) =>
    row.forEach(({ rows, columns, values }, tileColumn) => {
      for (let at = 0; at < rows; at++) {
        for (let across = 0; across < columns; across++) {
          const value = values[at * columns + across]!;
          whole.values[(tileRow * tileSize + at) * size + tileColumn * tileSize + across] = value;
          whole.values[(tileColumn * tileSize + across) * size + tileRow * tileSize + at] = value;
        }
      }
    }),
  );
  return whole;
}
