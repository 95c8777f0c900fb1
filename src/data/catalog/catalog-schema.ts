import { z } from 'zod';
import { printableText } from '../../base/printable-text.ts';
import { SUBJECT_KINDS } from '../events/event-actions.ts';
import { ID_LENGTH_MAX } from '../interactions/id-length.ts';
import type { CatalogRecords, RecordType } from './catalog-record.ts';

/** Bounds of catalog records; lengths in UTF-16 code units. */
export const CATALOG_LIMITS = {
  idLengthMax: ID_LENGTH_MAX,
  titleLengthMax: 1000,
  textLengthMax: 100_000,
  tagLengthMax: 100,
  tagsMax: 100,
  instrumentsMax: 100,
  attributesMax: 100,
  attributeNameLengthMax: 100,
  attributeTextLengthMax: 1000,
  languagesMax: 10,
  rulesPerSubjectMax: 50,
  rulesPerSetMax: 100,
  jurisdictionsMax: 300,
  citationLengthMax: 1000,
} as const;

/** Reason codes that the eligibility check itself gives; no rule may carry one. */
export const RESERVED_REASON_CODES = ['SUBJECT_UNKNOWN', 'SUBJECT_DRAFT', 'SUBJECT_RETIRED', 'RULE_UNKNOWN'] as const;

/** What is wrong with a record, or the record. */
export type RecordCheck<Type extends RecordType> =
  | { readonly record: CatalogRecords[Type] }
  | { readonly record: null; readonly field: string; readonly message: string };

// Control characters and lone surrogates: the first join keys (U+001F), the second all turn into one character in UTF-8.
const UNFIT = /[\p{Cc}\p{Cs}]/u;
const wellFormed = (text: string) => text.isWellFormed();
const id = z
  .string()
  .min(1)
  .max(CATALOG_LIMITS.idLengthMax)
  .refine((text) => !UNFIT.test(text), 'must hold no control character and no half of a surrogate pair');
const tag = z
  .string()
  .min(1)
  .max(CATALOG_LIMITS.tagLengthMax)
  .refine((text) => !UNFIT.test(text), 'must hold no control character and no half of a surrogate pair');
const text = (lengthMax: number) => z.string().max(lengthMax).refine(wellFormed, 'must hold no half of a surrogate pair');
const jurisdiction = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code in upper case, such as DE');
const language = z
  .string()
  .max(35)
  .regex(/^[a-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'must be a BCP 47 tag, such as en or zh-Hant');
/** The bounds of `Date`. */
const timeMs = z.int().min(-8.64e15).max(8.64e15);
const level = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)], 'must be 0, 1, 2 or 3');
const jurisdictions = z.array(jurisdiction).max(CATALOG_LIMITS.jurisdictionsMax);

const attributes = z
  .record(
    z.string().min(1).max(CATALOG_LIMITS.attributeNameLengthMax).refine(wellFormed),
    z.union(
      [text(CATALOG_LIMITS.attributeTextLengthMax), z.number(), z.boolean()],
      `must be a number, true, false or a text of at most ${CATALOG_LIMITS.attributeTextLengthMax} characters`,
    ),
  )
  .refine((all) => Object.keys(all).length <= CATALOG_LIMITS.attributesMax, `must be at most ${CATALOG_LIMITS.attributesMax}`)
  // One order of names: equal content has equal text.
  .transform((all) => Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1))));

const user = z.strictObject({
  id,
  jurisdiction,
  identityTier: level,
  riskClass: level,
  languages: z.array(language).min(1).max(CATALOG_LIMITS.languagesMax),
  createdMs: timeMs,
});

const subject = z.strictObject({
  kind: z.enum(SUBJECT_KINDS),
  id,
  title: text(CATALOG_LIMITS.titleLengthMax),
  text: text(CATALOG_LIMITS.textLengthMax),
  language: language.nullable(),
  tags: z.array(tag).max(CATALOG_LIMITS.tagsMax),
  instruments: z.array(id).max(CATALOG_LIMITS.instrumentsMax),
  authorId: id.nullable(),
  createdMs: timeMs,
  lifecycle: z.enum(['draft', 'live', 'retired']),
  attributes,
  eligibilityRules: z.array(id).max(CATALOG_LIMITS.rulesPerSubjectMax),
});

const conditions = z
  .strictObject({
    jurisdictionsAllowed: jurisdictions.exactOptional(),
    jurisdictionsDenied: jurisdictions.exactOptional(),
    identityTierMin: level.exactOptional(),
    riskClassMin: level.exactOptional(),
    accountAgeDaysMin: z.number().min(0).max(36_500).exactOptional(),
  })
  .refine((given) => Object.keys(given).length > 0, 'must be at least one; a rule without conditions refuses nobody');

const rule = z
  .strictObject({
    name: id,
    fromMs: timeMs,
    untilMs: timeMs.nullable(),
    conditions,
    reasonCode: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]{0,99}$/, 'must be capitals, digits and underscores, such as JURISDICTION_DERIVATIVES')
      .refine((code) => !(RESERVED_REASON_CODES as readonly string[]).includes(code), 'is one that the check itself gives'),
    citation: text(CATALOG_LIMITS.citationLengthMax).min(1),
  })
  .refine(({ fromMs, untilMs }) => untilMs === null || untilMs > fromMs, { path: ['untilMs'], message: 'must lie after fromMs' });

const ruleSet = z
  .strictObject({ name: id, rules: z.array(rule).min(1).max(CATALOG_LIMITS.rulesPerSetMax) })
  .refine(({ name, rules }) => rules.every((rule) => rule.name === name), {
    path: ['rules'],
    message: 'must all carry the name of the set',
  });

const schemas: { readonly [Type in RecordType]: z.ZodType<CatalogRecords[Type]> } = { user, subject, 'rule-set': ruleSet };

/**
 * Reads untrusted input as a record of a type: every field there, none besides, within {@link CATALOG_LIMITS}. The record
 * is a copy with its fields in one order, so that equal content has equal JSON.
 */
export function checkRecord<Type extends RecordType>(type: Type, input: unknown): RecordCheck<Type> {
  // The record schema would leave such a key out in silence.
  if (hasOwn(hasOwn(input, 'attributes'), '__proto__') !== undefined) {
    return { record: null, field: 'attributes.__proto__', message: 'attributes.__proto__ is not a name that an attribute can have' };
  }
  const checked = schemas[type].safeParse(input);
  if (checked.success) return { record: checked.data };
  const { path, message } = checked.error.issues[0]!;
  const steps = path.map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${String(step)}`));
  const field = printableText(steps.join(''), 100);
  return { record: null, field, message: `${field === '' ? `the ${type}` : field}: ${printableText(message, 180)}` };
}

function hasOwn(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name] ?? null;
}
