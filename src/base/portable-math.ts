/*
 * Elementary functions with the same bits on any machine and any version of Node.js.
 *
 * `Math.exp` and its kin may differ between engines and versions (ECMA-262 leaves them "implementation-approximated"). These
 * use only what IEEE 754 and ECMA-262 define to the bit: + − × ÷, square root, floor, and the bits of doubles. JavaScript may not
 * contract a × b + c, so no fused operation slips in. See docs/decisions/0011-portable-numbers.md.
 *
 * `exp`, `log` and the kernels of sine and cosine are ported from FDLIBM 5.3 (e_exp.c, e_log.c, k_sin.c, k_cos.c), whose notice is:
 *
 *   Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
 *   Developed at SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is
 *   freely granted, provided that this notice is preserved.
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = Math.LOG2E;
const TWO_54 = 18_014_398_509_481_984;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
double[0] = 1;
/** Which of the two words of a double holds sign and exponent on this machine. */
const HIGH = words[1] === 0 ? 0 : 1;

/** `POWERS_OF_TWO[k + 1100]` is 2^k, subnormal ones too; doubling and halving are exact. */
const POWERS_OF_TWO = new Float64Array(2124);
POWERS_OF_TWO[1100] = 1;
for (let at = 1101; at < 2124; at++) POWERS_OF_TWO[at] = POWERS_OF_TWO[at - 1]! * 2;
for (let at = 1099; at >= 0; at--) POWERS_OF_TWO[at] = POWERS_OF_TWO[at + 1]! / 2;

/** e^x, within 1 ulp (also where the result is subnormal, of that scale). Overflows to Infinity above 709.78, to 0 below −745.13. */
export function exp(x: number): number {
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  if (!(x > -1e308)) return x;
  const k = Math.floor(x * INVERSE_LN2 + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t * (-0.0027777777777015593 + t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  // 2^1024 is not a double though y × 2^1024 may be one; below, y is scaled in two steps so that it is rounded once.
  if (k > 1023) return y * 2 * POWERS_OF_TWO[2123]!;
  if (k >= -1021) return y * POWERS_OF_TWO[k + 1100]!;
  return y * POWERS_OF_TWO[k + 1100 + 100]! * POWERS_OF_TWO[1000]!;
}

/** Natural logarithm, within 1 ulp. −Infinity of 0, NaN of negative numbers. */
export function log(x: number): number {
  double[0] = x;
  let high = words[HIGH]!;
  let k = 0;
  if (high < 0x00100000) {
    if (x === 0) return -Infinity;
    if (!(x > 0)) return NaN;
    // Subnormal: into the range of normal numbers.
    k = -54;
    double[0] = x * TWO_54;
    high = words[HIGH]!;
  }
  if (high >= 0x7ff00000) return x;
  k += (high >> 20) - 1023;
  high &= 0xfffff;
  const carry = (high + 0x95f64) & 0x100000;
  words[HIGH] = high | (carry ^ 0x3ff00000);
  k += carry >> 20;
  const f = double[0] - 1;
  if ((0xfffff & (2 + high)) < 3) {
    // |f| < 2^-20.
    const r = f * f * (0.5 - (1 / 3) * f);
    return k === 0 ? f - r : k * LN2_HIGH - (r - k * LN2_LOW - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const r =
    w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373)) +
    z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
    const half = 0.5 * f * f;
    return k === 0 ? f - (half - s * (half + r)) : k * LN2_HIGH - (half - (s * (half + r) + k * LN2_LOW) - f);
  }
  return k === 0 ? f - s * (f - r) : k * LN2_HIGH - (s * (f - r) - k * LN2_LOW - f);
}

/** e^x − 1 without cancellation near 0, within 4 ulp (W. Kahan's correction of `exp`). */
export function expm1(x: number): number {
  if (x > 40 || x < -40) return exp(x) - 1;
  const u = exp(x);
  if (u === 1) return x;
  return ((u - 1) * x) / log(u);
}

/** log(1 + x) without cancellation near 0, within 4 ulp (W. Kahan's correction of `log`). */
export function log1p(x: number): number {
  const u = 1 + x;
  if (u === 1) return x;
  return u === Infinity ? u : (log(u) * x) / (u - 1);
}

/**
 * base^exponent. Whole exponents up to ±1024 by repeated squaring (relative error about 2^-52 × |exponent|), others as exp(exponent × log(base))
 * (about 2^-52 × |exponent × log(base)|). NaN for a negative base with a broken exponent.
 */
export function pow(base: number, exponent: number): number {
  if (exponent === (exponent | 0) && exponent <= 1024 && exponent >= -1024) {
    let square = base;
    let result = 1;
    for (let bits = exponent < 0 ? -exponent : exponent; bits > 0; bits >>= 1) {
      if (bits & 1) result *= square;
      square *= square;
    }
    return exponent < 0 ? 1 / result : result;
  }
  return exp(exponent * log(base));
}

/** 1 / (1 + e^−x), the inverse of the log-odds; within 3 ulp. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

/** Hyperbolic tangent, within 6 ulp. */
export function tanh(x: number): number {
  if (x > 22) return 1;
  if (x < -22) return -1;
  const e = expm1(2 * x);
  return e / (e + 2);
}

/** sin(2πx): the angle in turns, so that a day or a week is 1 and reduction is exact. Error below 2^-52 absolute. For |x| < 2^50. */
export function sinTurns(x: number): number {
  const quarter = Math.floor(4 * x + 0.5);
  const angle = (x - quarter / 4) * 6.283185307179586;
  const turn = quarter - 4 * Math.floor(quarter / 4);
  if (turn === 0) return kernelSin(angle);
  if (turn === 1) return kernelCos(angle);
  return turn === 2 ? -kernelSin(angle) : -kernelCos(angle);
}

/** cos(2πx); see {@link sinTurns}. */
export function cosTurns(x: number): number {
  const quarter = Math.floor(4 * x + 0.5);
  const angle = (x - quarter / 4) * 6.283185307179586;
  const turn = quarter - 4 * Math.floor(quarter / 4);
  if (turn === 0) return kernelCos(angle);
  if (turn === 1) return -kernelSin(angle);
  return turn === 2 ? -kernelCos(angle) : kernelSin(angle);
}

/** On [−π/4, π/4]. */
function kernelSin(x: number): number {
  const z = x * x;
  const r =
    0.00833333333332249 +
    z * (-0.0001984126982985795 + z * (2.7557313707070068e-6 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)));
  return x + z * x * (-0.16666666666666632 + z * r);
}

/** On [−π/4, π/4]. */
function kernelCos(x: number): number {
  const z = x * x;
  const r =
    z *
    (0.0416666666666666 +
      z *
        (-0.001388888888887411 +
          z * (2.480158728947673e-5 + z * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11)))));
  const half = 0.5 * z;
  const w = 1 - half;
  return w + (1 - w - half + z * r);
}
