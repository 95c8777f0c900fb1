/** An item of the generated data set. */
export interface GeneratedItem {
  readonly id: string;
  readonly title: string;
  /** What it is about; items of a cluster stand in for one another. */
  readonly cluster: number;
  /** Place inside its cluster, from 0; the popular first, or the place in the series. */
  readonly place: number;
  /** Manner of the item (in brief, in depth, …); a user prefers one. */
  readonly style: number;
  /** Whether its cluster is a series, taken in order. */
  readonly inSeries: boolean;
}

/** Manners that items come in. */
export const GENERATED_STYLES = 4;

/** Items a cluster, about. */
const CLUSTER_ITEMS = 40;

const COINS = 'btc eth sol bnb xrp ada doge avax link dot ltc bch uni atom xlm near apt arb op fil sui inj aave algo icp'.split(' ');

interface Theme {
  readonly kind: 'coin' | 'number' | 'series' | 'post';
  readonly prefix: string;
  readonly title: string;
}

/** What an app with a feed beside a trading platform holds. */
const THEMES: readonly Theme[] = [
  { kind: 'coin', prefix: 'spot', title: 'Spot' },
  { kind: 'post', prefix: 'post', title: 'Bitcoin outlook' },
  { kind: 'series', prefix: 'lesson-charts', title: 'Reading charts' },
  { kind: 'coin', prefix: 'futures', title: 'Perpetual futures' },
  { kind: 'post', prefix: 'post', title: 'Macro and rates' },
  { kind: 'number', prefix: 'copy-trader', title: 'Copy trader' },
  { kind: 'post', prefix: 'post', title: 'Ethereum and layer 2' },
  { kind: 'series', prefix: 'lesson-options', title: 'Options from the start' },
  { kind: 'coin', prefix: 'earn', title: 'Earn' },
  { kind: 'post', prefix: 'post', title: 'On-chain notes' },
  { kind: 'number', prefix: 'stream', title: 'Live stream' },
  { kind: 'post', prefix: 'post', title: 'Regulation' },
  { kind: 'coin', prefix: 'alert', title: 'Price alert' },
  { kind: 'series', prefix: 'lesson-risk', title: 'Managing risk' },
  { kind: 'post', prefix: 'post', title: 'Memes of the day' },
  { kind: 'number', prefix: 'grid-bot', title: 'Grid bot' },
  { kind: 'post', prefix: 'post', title: 'Staking and yields' },
  { kind: 'number', prefix: 'author', title: 'Author' },
  { kind: 'post', prefix: 'post', title: 'Security' },
  { kind: 'series', prefix: 'lesson-wallets', title: 'Wallets and keys' },
  { kind: 'post', prefix: 'post', title: 'Airdrops' },
  { kind: 'coin', prefix: 'options', title: 'Option chain' },
  { kind: 'post', prefix: 'post', title: 'Mining' },
  { kind: 'number', prefix: 'campaign', title: 'Campaign' },
];

const STYLE_NAMES = ['in brief', 'in depth', 'for beginners', 'by the numbers'];

/** The items, cluster by cluster: post-0312, spot-btc-usdt, lesson-charts-07. Pure: no random numbers. */
export function generatedCatalog(itemCount: number): readonly (readonly GeneratedItem[])[] {
  const clusterCount = Math.max(3, Math.round(itemCount / CLUSTER_ITEMS));
  const clusters: GeneratedItem[][] = Array.from({ length: clusterCount }, () => []);
  for (let index = 0; index < itemCount; index++) {
    const cluster = index % clusterCount;
    const place = clusters[cluster]!.length;
    const theme = THEMES[cluster % THEMES.length]!;
    const round = Math.floor(cluster / THEMES.length);
    clusters[cluster]!.push({
      ...named(theme, round, place, index),
      cluster,
      place,
      style: (place + cluster) % GENERATED_STYLES,
      inSeries: theme.kind === 'series',
    });
  }
  return clusters;
}

function named(theme: Theme, round: number, place: number, index: number): { id: string; title: string } {
  const again = round === 0 ? '' : `-${round + 1}`;
  const number = String(place + 1).padStart(2, '0');
  if (theme.kind === 'post') {
    const style = STYLE_NAMES[(place + index) % STYLE_NAMES.length]!;
    return { id: `post-${String(index).padStart(4, '0')}`, title: `${theme.title} ${style}, no. ${place + 1}` };
  }
  if (theme.kind === 'series') {
    return { id: `${theme.prefix}${again}-${number}`, title: `${theme.title}${again}, part ${place + 1}` };
  }
  if (theme.kind === 'number') {
    return { id: `${theme.prefix}${again}-${number}`, title: `${theme.title}${again} ${place + 1}` };
  }
  const coin = COINS[place] ?? `alt${place + 1}`;
  return { id: `${theme.prefix}${again}-${coin}-usdt`, title: `${theme.title}${again} ${coin.toUpperCase()}/USDT` };
}
