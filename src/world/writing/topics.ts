/** What posts, queries, authors and tastes are about. */
export interface Topic {
  /** Stable; the tag of a post on it. */
  readonly id: string;
  readonly nameEn: string;
  readonly nameZh: string;
  /** Places in {@link TOPICS} of what readers move on to. */
  readonly related: readonly number[];
}

const NAMES = [
  ['bitcoin', 'Bitcoin', '比特币', 'mining', 'macro', 'technical-analysis'],
  ['ethereum', 'Ethereum', '以太坊', 'layer-2', 'defi', 'staking'],
  ['defi', 'DeFi', '去中心化金融', 'ethereum', 'stablecoins', 'staking'],
  ['layer-2', 'Layer 2', '二层网络', 'ethereum', 'airdrops'],
  ['memecoins', 'Meme coins', '迷因币', 'solana', 'lifestyle', 'airdrops'],
  ['solana', 'Solana', '索拉纳', 'memecoins', 'defi', 'nft'],
  ['ai-tokens', 'AI tokens', '人工智能代币', 'memecoins', 'gaming'],
  ['gaming', 'Gaming', '链游', 'nft', 'ai-tokens'],
  ['nft', 'NFT', '数字藏品', 'gaming', 'lifestyle', 'ethereum'],
  ['macro', 'Macro', '宏观经济', 'bitcoin', 'regulation', 'stablecoins'],
  ['regulation', 'Regulation', '监管', 'macro', 'tax', 'stablecoins'],
  ['security', 'Security', '安全', 'basics', 'defi'],
  ['mining', 'Mining', '挖矿', 'bitcoin', 'regulation'],
  ['stablecoins', 'Stablecoins', '稳定币', 'defi', 'regulation', 'basics'],
  ['staking', 'Staking', '质押', 'ethereum', 'defi', 'basics'],
  ['strategy', 'Strategy', '交易策略', 'technical-analysis', 'copy-trading', 'derivatives'],
  ['technical-analysis', 'Technical analysis', '技术分析', 'strategy', 'bitcoin', 'derivatives'],
  ['derivatives', 'Derivatives', '合约', 'options', 'strategy', 'technical-analysis'],
  ['options', 'Options', '期权', 'derivatives', 'strategy'],
  ['copy-trading', 'Copy trading', '跟单', 'strategy', 'basics'],
  ['basics', 'Basics', '新手入门', 'security', 'bitcoin', 'copy-trading'],
  ['tax', 'Tax', '税务', 'regulation', 'basics'],
  ['airdrops', 'Airdrops', '空投', 'layer-2', 'defi', 'memecoins'],
  ['lifestyle', 'Lifestyle', '币圈生活', 'memecoins', 'nft', 'basics'],
] as const;

/** Stable name of a topic. */
export type TopicId = (typeof NAMES)[number][0];

/** All topics; the place in the list is a topic's code. */
export const TOPICS: readonly Topic[] = NAMES.map(([id, nameEn, nameZh, ...related]) => ({
  id,
  nameEn,
  nameZh,
  related: related.map((other) => topicCode(other)),
}));

/** Place of a topic in {@link TOPICS}. */
export function topicCode(id: TopicId): number {
  return NAMES.findIndex((name) => name[0] === id);
}
