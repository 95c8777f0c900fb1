import type { SubjectRecord } from '../../data/catalog/subject-record.ts';
import { TOPICS } from '../writing/topics.ts';
import type { ContractTerms, Instrument, InstrumentKind } from './instruments.ts';

const KIND_EN: Readonly<Record<InstrumentKind, string>> = {
  spot: 'spot',
  perpetual: 'perpetual swap',
  futures: 'futures',
  option: 'option',
  structured: 'structured product',
};
const KIND_ZH: Readonly<Record<InstrumentKind, string>> = {
  spot: '现货',
  perpetual: '永续合约',
  futures: '交割合约',
  option: '期权',
  structured: '结构化产品',
};
const RULES: Readonly<Record<InstrumentKind, readonly string[]>> = {
  spot: ['identity-basic'],
  perpetual: ['identity-full', 'derivatives'],
  futures: ['identity-full', 'derivatives'],
  option: ['identity-full', 'options'],
  structured: ['identity-full', 'structured'],
};

/** An instrument as the catalog keeps it: live since it was listed, with names in both languages, its terms as attributes, and the rules on who may see it. */
export function instrumentRecord(instrument: Instrument): SubjectRecord {
  const { kind, terms, base } = instrument;
  const product = terms === null || kind === 'futures' ? '' : ` ${terms.product.replace('-', ' ')}`;
  const until = terms === null ? '' : ` Expires ${new Date(terms.expiryMs).toISOString().slice(0, 16).replace('T', ' ')} UTC.`;
  const leverage = instrument.leverageMax > 1 ? ` Leverage up to ${instrument.leverageMax}.` : '';
  return {
    kind: 'instrument',
    id: instrument.id,
    title: `${instrument.id} ${instrument.nameEn} ${KIND_EN[kind]}`,
    text: `${instrument.nameEn} (${base}) against USDT,${product} ${KIND_EN[kind]}.${until}${leverage} ${instrument.nameZh}${KIND_ZH[kind]}。`,
    language: null,
    tags: [kind, TOPICS[instrument.topic]!.id, ...(instrument.smallCap ? ['small-cap'] : [])],
    instruments: [instrument.id],
    authorId: null,
    createdMs: instrument.listedMs,
    lifecycle: 'live',
    attributes: {
      kind,
      base,
      underlying: `${base}-USDT`,
      capRank: instrument.capRank,
      smallCap: instrument.smallCap,
      leverageMax: instrument.leverageMax,
      ...termsOf(terms),
    },
    eligibilityRules: RULES[kind],
  };
}

function termsOf(terms: ContractTerms | null): Readonly<Record<string, string | number>> {
  return terms === null ? {} : { ...terms };
}
