import { pow } from '../../base/portable-math.ts';
import { topicCode, type TopicId } from '../writing/topics.ts';

/** An asset that trades against USDT. */
export interface Asset {
  readonly base: string;
  readonly nameEn: string;
  readonly nameZh: string;
  readonly topic: number;
  readonly smallCap: boolean;
  /** USDT at the world's beginning. */
  readonly startPrice: number;
  /** How strongly it moves with the market's factor. */
  readonly beta: number;
  /** Standard deviation of its own part of a day's log return, at usual volatility. */
  readonly ownDailyVolatility: number;
  /** USDT traded on a usual day. */
  readonly dailyVolume: number;
}

type Row = readonly [base: string, nameEn: string, nameZh: string, topic: TopicId, startPrice: number, beta: number];

/** Real assets, largest first; prices and sizes are plausible, not quotes. */
const LARGE: readonly Row[] = [
  ['BTC', 'Bitcoin', '比特币', 'bitcoin', 96_000, 0.95],
  ['ETH', 'Ethereum', '以太坊', 'ethereum', 3_300, 1.1],
  ['SOL', 'Solana', '索拉纳', 'solana', 190, 1.3],
  ['BNB', 'BNB', '币安币', 'basics', 690, 0.85],
  ['XRP', 'XRP', '瑞波币', 'regulation', 2.3, 1.05],
  ['DOGE', 'Dogecoin', '狗狗币', 'memecoins', 0.34, 1.4],
  ['ADA', 'Cardano', '艾达币', 'staking', 0.95, 1.25],
  ['TRX', 'TRON', '波场', 'stablecoins', 0.25, 0.7],
  ['AVAX', 'Avalanche', '雪崩', 'gaming', 38, 1.35],
  ['LINK', 'Chainlink', '预言机链', 'defi', 22, 1.25],
  ['TON', 'Toncoin', '吨币', 'lifestyle', 5.4, 1],
  ['DOT', 'Polkadot', '波卡', 'staking', 7.1, 1.25],
  ['SHIB', 'Shiba Inu', '柴犬币', 'memecoins', 0.000022, 1.45],
  ['LTC', 'Litecoin', '莱特币', 'mining', 105, 1],
  ['BCH', 'Bitcoin Cash', '比特现金', 'mining', 440, 1.05],
  ['UNI', 'Uniswap', '独角兽', 'defi', 13, 1.3],
  ['NEAR', 'NEAR Protocol', '近协议', 'ai-tokens', 5.2, 1.4],
  ['APT', 'Aptos', '阿普托斯', 'solana', 9.1, 1.35],
  ['PEPE', 'Pepe', '佩佩蛙', 'memecoins', 0.000018, 1.6],
  ['ATOM', 'Cosmos', '阿童木', 'staking', 6.6, 1.2],
  ['XLM', 'Stellar', '恒星币', 'stablecoins', 0.41, 1.1],
  ['ARB', 'Arbitrum', '仲裁链', 'layer-2', 0.78, 1.45],
  ['OP', 'Optimism', '乐观链', 'layer-2', 1.9, 1.45],
  ['AAVE', 'Aave', '阿维', 'defi', 310, 1.3],
  ['FIL', 'Filecoin', '文件币', 'mining', 5.1, 1.25],
  ['LDO', 'Lido', '丽多', 'staking', 1.8, 1.35],
  ['FET', 'Fetch.ai', '智能体', 'ai-tokens', 1.3, 1.5],
  ['RENDER', 'Render', '渲染币', 'ai-tokens', 7.2, 1.45],
  ['SAND', 'The Sandbox', '沙盒', 'gaming', 0.58, 1.4],
  ['BLUR', 'Blur', '模糊', 'nft', 0.26, 1.4],
];

/** Thinly traded assets. All invented: no real project is made the victim of the world's pump-and-dump campaigns. */
const SMALL: readonly Row[] = [
  ['ZKLM', 'ZkLumen', '零光', 'layer-2', 0.42, 1.3],
  ['MOONP', 'Moonpup', '月狗', 'memecoins', 0.0021, 1.4],
  ['NEURA', 'Neuraverse', '神经宇宙', 'ai-tokens', 0.88, 1.3],
  ['QUEST', 'Questhold', '任务堡', 'gaming', 0.13, 1.2],
  ['HARVX', 'HarvestX', '丰收协议', 'defi', 3.4, 1.2],
  ['CATZ', 'Catzilla', '猫斯拉', 'memecoins', 0.00094, 1.5],
  ['GALLR', 'Gallerium', '画廊币', 'nft', 0.21, 1.1],
  ['SOLFI', 'Solfire', '索火', 'solana', 1.7, 1.4],
  ['ROLLX', 'Rollix', '卷轴链', 'layer-2', 0.66, 1.3],
  ['FROGE', 'Frogecoin', '蛙币', 'memecoins', 0.00037, 1.5],
  ['AGENTX', 'AgentX', '代理智能', 'ai-tokens', 0.19, 1.4],
  ['DUNGN', 'Dungeon Pact', '地牢契约', 'gaming', 0.047, 1.2],
  ['STKD', 'Stakedao', '质押岛', 'staking', 2.6, 1.1],
  ['YIELDR', 'Yieldr', '收益者', 'defi', 0.93, 1.2],
  ['BANAN', 'Bananaut', '蕉航员', 'memecoins', 0.0058, 1.4],
  ['HASHR', 'Hashrate Token', '算力通证', 'mining', 0.31, 1],
  ['ORACL', 'Oraclis', '神谕链', 'defi', 1.2, 1.2],
  ['WAGMI', 'Wagmi World', '共赢世界', 'memecoins', 0.0133, 1.5],
  ['SENTI', 'Sentient Grid', '感知网格', 'ai-tokens', 0.074, 1.4],
  ['LOOTR', 'Lootrush', '宝箱冲锋', 'gaming', 0.029, 1.2],
  ['TURBOX', 'Turbo Ox', '涡轮牛', 'memecoins', 0.0007, 1.5],
  ['PIXL', 'Pixelith', '像素石', 'nft', 0.16, 1.1],
  ['OPTIQ', 'Optiqa', '期权通', 'options', 0.52, 1.1],
  ['DROPZ', 'Dropzone', '空投区', 'airdrops', 0.083, 1.3],
  ['KOIFI', 'Koi Finance', '锦鲤金融', 'defi', 0.24, 1.2],
  ['RUGBY', 'Rugby Dog', '橄榄狗', 'memecoins', 0.0016, 1.6],
  ['MINTY', 'Mintyard', '铸造场', 'nft', 0.035, 1.1],
  ['DEEPQ', 'DeepQuanta', '深度量子', 'ai-tokens', 0.41, 1.4],
  ['ELFIN', 'Elfin Realm', '精灵国度', 'gaming', 0.011, 1.2],
  ['VOIDX', 'Voidex', '虚空交易', 'defi', 0.0082, 1.3],
];

/** Most assets that a world can have. */
export const ASSETS_MAX = LARGE.length + SMALL.length;

/** The assets of a world, largest first: half of them large, half small. */
export function chooseAssets(count: number): readonly Asset[] {
  const large = Math.ceil(count / 2);
  return [
    ...LARGE.slice(0, large).map((row, at) => asset(row, false, 2e9 / pow(1 + at, 1.2), 0.01 + 0.0011 * at)),
    ...SMALL.slice(0, count - large).map((row, at) => asset(row, true, 6e6 / pow(1 + at, 0.8), 0.045 + 0.001 * at)),
  ];
}

function asset(
  [base, nameEn, nameZh, topic, startPrice, beta]: Row,
  smallCap: boolean,
  dailyVolume: number,
  ownDailyVolatility: number,
): Asset {
  return { base, nameEn, nameZh, topic: topicCode(topic), smallCap, startPrice, beta, ownDailyVolatility, dailyVolume };
}
