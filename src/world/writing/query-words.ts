import type { TopicId } from './topics.ts';

/** What people type when they look for a topic, the commonest first: English, then Chinese. Words of one topic name no other. */
export const QUERY_WORDS: Readonly<Record<TopicId, readonly [en: readonly string[], zh: readonly string[]]>> = {
  bitcoin: [
    ['bitcoin', 'bitcoin price', 'bitcoin etf', 'halving'],
    ['比特币', '比特币行情', '减半'],
  ],
  ethereum: [
    ['ethereum', 'ether', 'gas fees', 'ethereum upgrade'],
    ['以太坊', '以太坊升级', 'gas费'],
  ],
  defi: [
    ['defi', 'liquidity pool', 'lending', 'yield farming'],
    ['去中心化金融', '流动性池', '借贷'],
  ],
  'layer-2': [
    ['layer 2', 'rollup', 'l2 bridge', 'layer-2'],
    ['二层网络', '跨链桥', '零知识'],
  ],
  memecoins: [
    ['meme coins', 'memecoins', 'dog coin', 'memes'],
    ['迷因币', '土狗', '狗币'],
  ],
  solana: [
    ['solana', 'solana dex', 'solana fees'],
    ['索拉纳', '索拉纳生态'],
  ],
  'ai-tokens': [
    ['ai tokens', 'ai-tokens', 'ai agent', 'gpu tokens'],
    ['人工智能代币', '智能体', 'ai代币'],
  ],
  gaming: [
    ['gaming', 'play to earn', 'game tokens'],
    ['链游', '边玩边赚'],
  ],
  nft: [
    ['nft', 'nft floor price', 'nft collection'],
    ['数字藏品', '地板价'],
  ],
  macro: [
    ['macro', 'inflation', 'rate decision', 'fed'],
    ['宏观经济', '通胀', '利率决议'],
  ],
  regulation: [
    ['regulation', 'crypto law', 'exchange licence'],
    ['监管', '牌照', '法规'],
  ],
  security: [
    ['security', 'phishing', 'hardware wallet', 'hacked'],
    ['安全', '钓鱼', '硬件钱包'],
  ],
  mining: [
    ['mining', 'hash rate', 'mining rig'],
    ['挖矿', '矿机', '算力'],
  ],
  stablecoins: [
    ['stablecoins', 'stablecoin', 'usdt peg'],
    ['稳定币', '脱锚'],
  ],
  staking: [
    ['staking', 'staking yield', 'validator'],
    ['质押', '质押收益', '验证者'],
  ],
  strategy: [
    ['strategy', 'trading strategy', 'position sizing', 'risk management'],
    ['交易策略', '仓位管理', '定投'],
  ],
  'technical-analysis': [
    ['technical analysis', 'technical-analysis', 'support level', 'rsi', 'chart patterns'],
    ['技术分析', '支撑位', '均线'],
  ],
  derivatives: [
    ['derivatives', 'funding rate', 'leverage', 'liquidation'],
    ['合约', '资金费率', '杠杆', '爆仓'],
  ],
  options: [
    ['options', 'implied volatility', 'covered call'],
    ['期权', '隐含波动率', '备兑'],
  ],
  'copy-trading': [
    ['copy trading', 'copy-trading', 'lead trader'],
    ['跟单', '带单'],
  ],
  basics: [
    ['basics', 'beginner guide', 'limit order', 'how to buy'],
    ['新手入门', '限价单', '怎么买'],
  ],
  tax: [
    ['tax', 'capital gains', 'tax report'],
    ['税务', '报税', '资本利得'],
  ],
  airdrops: [
    ['airdrops', 'airdrop', 'claim airdrop', 'testnet'],
    ['空投', '空投资格', '测试网'],
  ],
  lifestyle: [
    ['lifestyle', 'crypto conference', 'crypto life'],
    ['币圈生活', '币圈大会'],
  ],
};
