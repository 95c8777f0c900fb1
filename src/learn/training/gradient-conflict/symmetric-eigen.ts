/** Eigenvalues, largest first, with their vectors. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  /** `[size, size]`: row `k` is the unit vector of `values[k]`. */
  readonly vectors: Float64Array;
}

const sweeps = 60;

/**
 * Eigen-decomposition of a symmetric matrix by cyclic Jacobi rotations (Golub & Van Loan, Matrix Computations, 8.5.3):
 * slow beside tridiagonal methods, but short, and accurate for small eigenvalues too. For up to a hundred rows: 64 rows take
 * about ten milliseconds.
 *
 * @param matrix row by row; the upper triangle is read
 */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const a = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = i; j < size; j++) a[i * size + j] = a[j * size + i] = matrix[i * size + j]!;
  const rows = new Float64Array(size * size);
  for (let i = 0; i < size; i++) rows[i * size + i] = 1;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let rotated = false;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) {
        const off = a[p * size + q]!;
        // Nothing to gain where it is below the rounding of both diagonal elements.
        if (Math.abs(off) <= 2 ** -53 * Math.sqrt(Math.abs(a[p * size + p]! * a[q * size + q]!)) || off === 0) continue;
        rotated = true;
        rotate(a, rows, size, p, q, off);
      }
    }
    if (!rotated) break;
  }
  const order = Array.from({ length: size }, (_, k) => k).sort((x, y) => a[y * size + y]! - a[x * size + x]!);
  const vectors = new Float64Array(size * size);
  order.forEach((from, to) => vectors.set(rows.subarray(from * size, (from + 1) * size), to * size));
  return { values: Float64Array.from(order, (k) => a[k * size + k]!), vectors };
}

/** One rotation in the plane (p, q) that makes a[p, q] zero. */
function rotate(a: Float64Array, rows: Float64Array, size: number, p: number, q: number, off: number): void {
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * off);
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (let k = 0; k < size; k++) {
    const [kp, kq] = [a[k * size + p]!, a[k * size + q]!];
    a[k * size + p] = cosine * kp - sine * kq;
    a[k * size + q] = sine * kp + cosine * kq;
  }
  for (let k = 0; k < size; k++) {
    const [pk, qk] = [a[p * size + k]!, a[q * size + k]!];
    a[p * size + k] = cosine * pk - sine * qk;
    a[q * size + k] = sine * pk + cosine * qk;
    const [vp, vq] = [rows[p * size + k]!, rows[q * size + k]!];
    rows[p * size + k] = cosine * vp - sine * vq;
    rows[q * size + k] = sine * vp + cosine * vq;
  }
  a[p * size + q] = a[q * size + p] = 0;
}
