import type { TopicId } from './topics.ts';

/** What is said about a topic. */
export interface TopicWords {
  /** Noun phrases. */
  readonly things: readonly string[];
  /** What happened: whole clauses, present or past, without a full stop. */
  readonly events: readonly string[];
  /** What is worth knowing: whole clauses. */
  readonly lessons: readonly string[];
}

const words = (things: string, events: string, lessons: string): TopicWords => ({
  things: things.split(' | '),
  events: events.split(' | '),
  lessons: lessons.split(' | '),
});

/** English words of every topic. */
export const ENGLISH_TOPICS: Readonly<Record<TopicId, TopicWords>> = {
  bitcoin: words(
    'bitcoin dominance | long-term holder supply | spot ETF inflows | the halving cycle | whale wallets | the realised price | digital gold demand',
    'spot bitcoin ETFs took in {count} million dollars | coins older than a year stopped moving | bitcoin dominance rose to {share}% | a dormant wallet moved {count} BTC',
    'only 21 million coins will ever exist, and the halving slows new supply | keep the seed phrase of your bitcoin offline | buying a fixed amount every week beats guessing the bottom',
  ),
  ethereum: words(
    'ether supply | gas fees | blob space | validator rewards | smart contract activity | the next hard fork | the ether burn rate',
    'gas fees fell {pct}% after the upgrade | developers scheduled the next hard fork | the burn rate of ether passed issuance | smart contract calls rose {pct}%',
    'gas is paid for computation, so a simple transfer is cheapest | account abstraction lets a wallet recover without a seed | check the contract address before you approve a token',
  ),
  defi: words(
    'total value locked | lending rates | liquidity pools | the lending protocol | impermanent loss | liquidity providers | governance votes',
    'total value locked rose {pct}% | the lending protocol raised its collateral factor | a governance vote changed the fee switch | liquidity providers left the largest pool',
    'impermanent loss grows with the distance between the two prices | a yield that nobody can explain is paid by you | a loan is liquidated when collateral falls below its threshold',
  ),
  'layer-2': words(
    'rollup fees | the sequencer | bridge deposits | zero-knowledge proofs | optimistic rollups | transactions per second on layer 2 | data availability',
    'bridge deposits to the rollup rose {pct}% | the sequencer stood still for {count} minutes | a zero-knowledge rollup opened its mainnet | rollup fees fell below a cent',
    'an optimistic rollup makes you wait a week to withdraw, a zero-knowledge one does not | a single sequencer is a single point of failure | bridge a small amount first',
  ),
  memecoins: words(
    'meme coins | dog coins | the frog token | community hype | holder concentration | the launchpad | meme season',
    'a new dog coin reached {count} holders in a day | the top ten wallets sold {pct}% of the meme supply | meme volume overtook everything else on the launchpad | a celebrity posted the frog meme',
    'look at how much the top ten wallets hold before buying a meme | a meme has no cash flow, only attention | take the stake out when a meme doubles',
  ),
  solana: words(
    'solana throughput | priority fees on solana | the validator client | solana DEX volume | compressed accounts | solana phones | network uptime',
    'solana processed {count} million transactions | a second validator client went live | solana DEX volume rose {pct}% | priority fees on solana spiked',
    'priority fees decide whether your solana swap lands | close empty token accounts to get the rent back | more than one validator client makes outages rarer',
  ),
  'ai-tokens': words(
    'AI tokens | decentralised GPUs | agent frameworks | inference markets | compute rental | machine-learning subnets | AI agent coins',
    'GPU rental demand rose {pct}% | an AI agent framework passed {count} developers | a chip maker beat earnings and AI tokens followed | an inference market opened',
    'ask whether the AI product needs a token at all | compute sold is a better measure than tokens emitted | an agent with a wallet is not yet intelligence',
  ),
  gaming: words(
    'play-to-earn games | daily active players | in-game assets | the game economy | guild rewards | the game token | land plots',
    'daily active players rose {pct}% | the studio delayed the game to next season | in-game assets traded {count} thousand times | guild rewards were cut',
    'a game whose players only come to earn empties when rewards fall | look at retention, not at sign-ups | in-game assets are only as liquid as the game is fun',
  ),
  nft: words(
    'floor prices | NFT collections | profile pictures | creator royalties | the mint | marketplace volume | digital art',
    'the floor price of the blue-chip collection fell {pct}% | the marketplace dropped creator royalties | a collection minted out in {count} minutes | digital art sold at auction',
    'a floor price is one offer, not a market | check that the NFT image is stored on a permanent network | royalties are a custom, not a rule of the chain',
  ),
  macro: words(
    'the rate decision | inflation data | the dollar index | treasury yields | central bank liquidity | the jobs report | real rates',
    'inflation came in {small} points above forecast | the central bank left rates unchanged | treasury yields rose {count} basis points | the jobs report surprised',
    'falling real rates have helped risk assets more than headlines did | a strong dollar weighs on everything priced in it | watch liquidity, not speeches',
  ),
  regulation: words(
    'the licensing regime | the securities law | the consultation paper | exchange licences | the court ruling | the regulator | disclosure rules',
    'the regulator published its licensing rules | a court ruled that the token is not a security | an exchange was fined {count} million dollars | parliament passed the disclosure bill',
    'a licence protects client money only where segregation is required | read which entity your account is with | a consultation is not yet a law',
  ),
  security: words(
    'phishing links | hardware wallets | the exploit | private keys | two-factor codes | token approvals | the audit report',
    'an exploit drained {count} million dollars from a bridge | phishing sites copied the login page | an audit found {count} critical bugs | attackers took over a support account',
    'nobody from support will ever ask for your seed phrase | revoke token approvals that you no longer use | a hardware wallet does not protect you from signing the wrong thing',
  ),
  mining: words(
    'the hash rate | mining difficulty | miner reserves | energy costs | the block reward | mining rigs | hash price',
    'mining difficulty rose {pct}% | miners sold {count} BTC from reserves | a mining farm switched to hydro power | hash price fell to a low',
    'a rig pays back only while energy is cheaper than the hash price | difficulty follows price with a delay | miners sell when the block reward is cut',
  ),
  stablecoins: words(
    'stablecoin supply | reserves | the dollar peg | cross-border payments | attestation reports | redemptions | payment settlement',
    'stablecoin supply grew by {count} million dollars | the peg slipped to {small} cents below par | the issuer published its reserve report | a payment network settles in stablecoins',
    'a peg is as good as the right to redeem | read what the reserves are made of | on-chain transfers settle in minutes and on Sundays',
  ),
  staking: words(
    'staking yields | validators | the unbonding period | liquid staking | slashing | delegated stake | restaking',
    'the staking ratio rose to {share}% | a validator was slashed for double signing | liquid staking deposits rose {pct}% | the unbonding queue grew to {days} days',
    'staking yield is paid in new supply, so compare it with inflation | unbonding takes days in which you cannot sell | spread delegated stake over several validators',
  ),
  strategy: words(
    'position sizing | dollar-cost averaging | the trading plan | risk per trade | grid bots | the drawdown | portfolio rebalancing',
    'a grid bot made {pct}% in a sideways month | my trading plan survived {count} trades | rebalancing added {small}% a month | the drawdown reached {pct}%',
    'never risk more than one percent of the account on one trade | write the exit down before the entry | a strategy without a losing month has not been tested',
  ),
  'technical-analysis': words(
    'the support level | the 200-day average | RSI divergence | the trend line | the breakout | volume profile | the moving average cross',
    'price closed above the 200-day average | RSI shows a divergence on the {days}-day chart | the breakout failed at resistance | the trend line was tested {digit} times',
    'a breakout without volume usually fails | an indicator repeats the price, it does not foresee it | wait for the candle to close',
  ),
  derivatives: words(
    'open interest | funding rates | liquidations | the perpetual basis | leverage | margin calls | the futures curve',
    'liquidations reached {count} million dollars in an hour | funding rates turned negative | open interest rose {pct}% | the futures basis widened to {pct}% a year',
    'at ten times leverage a move of ten percent ends the position | positive funding means longs pay shorts | isolated margin limits what one position can cost',
  ),
  options: words(
    'implied volatility | the put-call ratio | covered calls | option expiry | gamma exposure | the volatility skew | max pain',
    '{count} million dollars of options expire on Friday | implied volatility fell {pct}% | the put-call ratio rose to {small} | the skew turned towards puts',
    'a covered call sells the upside for a premium | time decay is fastest in the last week before expiry | the buyer of an option can lose only the premium',
  ),
  'copy-trading': words(
    'lead traders | copy trading | the profit share | follower capital | the leaderboard | copied positions | a trader’s drawdown',
    'followers of the top lead trader gained {pct}% | a lead trader lost {pct}% in one night | the leaderboard now shows drawdown | {count} copiers left after the loss',
    'look at the drawdown of a lead trader, not only at the return | copy several traders with small amounts | a short record says little about skill',
  ),
  basics: words(
    'your first coin | market and limit orders | wallets and exchanges | blockchain basics | the order book | a beginner’s checklist | trading fees',
    'a beginner asked {count} times how orders work | the exchange cut trading fees for new users | a new course explains wallets | identity checks now take {count} minutes',
    'a limit order sets your price, a market order takes the market’s | start with money that you can lose | an exchange account is not a wallet of your own',
  ),
  tax: words(
    'capital gains | tax reports | cost basis | taxable events | the tax deadline | loss harvesting | the holding period',
    'the tax office clarified how staking income is taxed | exchanges will report balances from next year | the filing deadline is in {days} days | the holding period rule changed',
    'swapping one coin for another is a taxable event in many places | keep the cost basis of every purchase | losses can be set against gains if you document them',
  ),
  airdrops: words(
    'airdrop points | eligibility criteria | the snapshot | claim pages | testnet tasks | sybil filters | token distribution',
    'the snapshot was taken {days} days ago | {count} thousand wallets can claim the airdrop | the sybil filter removed {pct}% of addresses | a testnet opened its points programme',
    'claim an airdrop only from the official page | never pay to receive an airdrop | use a fresh wallet for testnet tasks',
  ),
  lifestyle: words(
    'crypto conferences | the trading desk setup | life after the bull run | paying with crypto | burnout | the crypto community | travel on bitcoin',
    'I met {count} builders at the conference | a café in town takes crypto now | a friend quit trading after {days} days | the community raised money for a school',
    'sleep is a position too | charts look better after a walk | do not tell strangers what you hold',
  ),
};
