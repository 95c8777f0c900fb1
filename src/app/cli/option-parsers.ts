import { InvalidArgumentError } from 'commander';
import type { ColumnMapping, ColumnRole } from '../../data/interactions/column-mapping.ts';
import type { CandidateSet } from '../../learn/evaluation/protocol.ts';

/** Parses a whole number from `minimum` to `maximum`. */
export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= minimum && value <= maximum) return value;
    const range = maximum === Number.MAX_SAFE_INTEGER ? `of ${minimum} or more` : `from ${minimum} to ${maximum}`;
    throw new InvalidArgumentError(`Expected a whole number ${range}.`);
  };
}

/** Parses a number above zero. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

/** Parses any finite number. */
export function anyNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Expected a number.');
}

/** Parses the address of a server; a slash at its end goes. */
export function serverAddress(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') return url.href.replace(/\/+$/, '');
  throw new InvalidArgumentError('Expected an address such as http://127.0.0.1:8080.');
}

/** Parses `a,b,c`; empty entries are an error. */
export function list(text: string): string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  if (entries.every((entry) => entry !== '')) return entries;
  throw new InvalidArgumentError('Expected entries with commas between them, none empty.');
}

/** Parses `10,50,100`. */
export function cutoffs(text: string): number[] {
  return list(text).map(wholeNumber(1, 100_000));
}

const ROLES: readonly ColumnRole[] = ['user', 'item', 'time', 'position', 'value', 'event'];

/** Parses `user=uid,item=3,time=none`: a name, a number from 1, or `none` for a role that is not to be looked for. */
export function columns(text: string): ColumnMapping {
  const mapping: { [Role in ColumnRole]?: string | number | null } = {};
  for (const entry of list(text)) {
    const at = entry.indexOf('=');
    const role = ROLES.find((role) => role === entry.slice(0, Math.max(0, at)));
    const column = entry.slice(at + 1);
    if (role === undefined || column === '')
      throw new InvalidArgumentError(`'${entry}' is not ROLE=COLUMN with one of the roles ${ROLES.join(', ')}.`);
    mapping[role] = column === 'none' ? null : /^\d+$/.test(column) ? Number(column) : column;
  }
  return mapping;
}

/** Parses `all`, `uniform:100` or `popularity:100`. */
export function candidates(text: string): CandidateSet {
  if (text === 'all') return { kind: 'all' };
  const match = /^(uniform|popularity):([1-9]\d{0,6})$/.exec(text);
  if (match === null) throw new InvalidArgumentError("Expected 'all', 'uniform:N' or 'popularity:N'.");
  return { kind: 'sampled', by: match[1] as 'uniform' | 'popularity', negatives: Number(match[2]) };
}
