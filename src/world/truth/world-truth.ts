import type { PageItem } from '../policy.ts';
import { deriveKey, uniformAt } from '../../base/counter-random.ts';
import { returnFactor } from '../behaviour/arrivals.ts';
import { emptyPageChances, examinationChances, fillPageChances } from '../behaviour/page-chances.ts';
import { treatmentChances } from '../behaviour/treatment.ts';
import type { Campaign } from '../content/campaigns.ts';
import { livingPostOf } from '../content/posts.ts';
import { INTENTS, SURFACES, type Intent, type Surface } from '../population/intents.ts';
import { EFFECT_KINDS, interestIn, NONE, userIdOf, userOf, type EffectKind } from '../population/people.ts';
import { UnknownInWorldError } from '../world-errors.ts';
import { insideOf } from '../world-inside.ts';
import { POST_KINDS, type PostKind } from '../writing/post-kinds.ts';
import { TOPICS } from '../writing/topics.ts';

/** The truth about one place of a page. */
export interface PlaceTruth {
  /** Chance that the user looks at it. */
  readonly examination: number;
  /** Chance that they click it once they look. */
  readonly attraction: number;
  /** Chance of a click: examination × attraction. */
  readonly click: number;
  /** Chance that a click satisfies. */
  readonly satisfaction: number;
}

/** The truth about a user now. */
export interface UserTruth {
  readonly intent: Intent;
  readonly intentUntilMs: number;
  /** Liking by topic id, 0 to 1, with interests that are awake now. */
  readonly taste: Readonly<Record<string, number>>;
  /** Topic that comes and goes, where there is one. */
  readonly recurringTopic: string | null;
  readonly focusTopic: string | null;
  /** 0 to 1: of the last visit, and of the last weeks. */
  readonly satisfactionDay: number;
  readonly satisfactionWeek: number;
  /** Factor of the rate of visits that satisfaction makes; 1 is usual. */
  readonly returnFactor: number;
  readonly churned: boolean;
  readonly effectKind: EffectKind;
  readonly chanceOfTradeWithout: number;
  readonly chanceOfTradeWith: number;
  /** Minor units. */
  readonly harm: number;
  readonly cash: number;
  /** Visits a day that are usual for the user. */
  readonly activity: number;
  readonly experience: number;
}

/** The truth about a post that lives. */
export interface PostTruth {
  readonly topic: string;
  readonly kind: PostKind;
  readonly stance: -1 | 0 | 1;
  readonly quality: number;
  readonly hype: number;
  /** Number of the pump campaign behind it, or null. */
  readonly campaign: number | null;
}

/** The truth about an author. */
export interface AuthorTruth {
  readonly skill: number;
  readonly honesty: number;
  readonly followers: number;
  readonly leads: boolean;
}

/** A decision to trade or not at the end of a visit, with both of its outcomes. */
export interface DecisionTruth {
  readonly userId: string;
  readonly sessionId: string;
  readonly timeMs: number;
  /** Whether a card was looked at that invites to trade. */
  readonly treated: boolean;
  readonly chanceWithout: number;
  readonly chanceWith: number;
  /** What happens without and with a card, the same draw held against both chances. */
  readonly tradesWithout: boolean;
  readonly tradesWith: boolean;
}

/** What only the world knows. For tests and for measuring how well something is estimated; never for models. */
export interface WorldTruth {
  /** Chances of all places of a page, were it shown to a user now. Exact, by the very functions that the world runs on. */
  page(userId: string, surface: Surface, items: readonly Pick<PageItem, 'kind' | 'id'>[]): readonly PlaceTruth[];
  user(userId: string): UserTruth;
  /** A post that lives. */
  post(id: string): PostTruth;
  author(id: string): AuthorTruth;
  /** Decisions that are still kept, the oldest first. */
  decisions(): Generator<DecisionTruth>;
  /** What one visit's decision would have been without and with a card, for the user as they are now. */
  counterfactual(userId: string, visit: number): { readonly without: boolean; readonly with: boolean };
  /** Running campaigns and past ones, the oldest first. */
  campaigns(): readonly CampaignTruth[];
  /** Volatility beside its usual level: of the market. */
  marketHeat(): number;
}

/** A pump and dump. */
export interface CampaignTruth extends Omit<Campaign, 'members' | 'instrument'> {
  readonly instrument: string;
  readonly members: readonly string[];
}

/**
 * The truth of a world. It looks at the world as it is at the moment of each call.
 *
 * @param world made by `createWorld`
 * @throws {UnknownInWorldError} from all of its functions, for ids that the world does not have
 */
export function truthOf(world: object): WorldTruth {
  const { state, behaviour } = insideOf(world);
  const { people, posts, authors, markets, decisions, campaigns } = state;
  const chances = emptyPageChances();
  const decisionKey = deriveKey(state.seed, 'decision');
  const nowMs = () => state.tick * state.settings.tickMs;
  const indexOf = (id: string) => {
    const u = userOf(id, people.count);
    if (u === NONE) throw new UnknownInWorldError('user', id);
    return u;
  };
  const topicId = (topic: number) => TOPICS[topic]?.id ?? null;
  const tradeChances = (u: number) => treatmentChances(people, u, behaviour.moves.heatFor(u));

  return {
    page(userId, surface, items) {
      const u = indexOf(userId);
      const code = SURFACES.indexOf(surface);
      const placed = items.map(({ kind, id }) => ({ kind, id, propensity: null }));
      fillPageChances(state, u, placed, code, nowMs(), chances);
      return examinationChances(state, u, code, chances).map((examination, position) => {
        const attraction = chances.click[position]!;
        return { examination, attraction, click: examination * attraction, satisfaction: chances.satisfied[position]! };
      });
    },
    user(userId) {
      const u = indexOf(userId);
      const trade = tradeChances(u);
      return {
        intent: INTENTS[people.intent[u]!]!,
        intentUntilMs: people.intentUntilMs[u]!,
        taste: Object.fromEntries(TOPICS.map(({ id }, topic) => [id, interestIn(people, u, topic, nowMs())])),
        recurringTopic: topicId(people.recurringTopic[u]!),
        focusTopic: topicId(people.focusTopic[u]!),
        satisfactionDay: people.satisfactionDay[u]!,
        satisfactionWeek: people.satisfactionWeek[u]!,
        returnFactor: returnFactor(people, u, nowMs()),
        churned: people.churned[u] === 1,
        effectKind: EFFECT_KINDS[people.effectKind[u]!]!,
        chanceOfTradeWithout: trade.without,
        chanceOfTradeWith: trade.with,
        harm: people.harm[u]!,
        cash: people.cash[u]!,
        activity: people.activity[u]!,
        experience: people.experience[u]!,
      };
    },
    post(id) {
      const number = livingPostOf(posts, id);
      if (number === NONE) throw new UnknownInWorldError('living post', id);
      const row = number % posts.capacity;
      return {
        topic: TOPICS[posts.topic[row]!]!.id,
        kind: POST_KINDS[posts.kind[row]!]!,
        stance: posts.stance[row] as -1 | 0 | 1,
        quality: posts.quality[row]!,
        hype: posts.hype[row]!,
        campaign: posts.campaign[row] === NONE ? null : posts.campaign[row]!,
      };
    },
    author(id) {
      const a = userOf(id, authors.count);
      if (a === NONE) throw new UnknownInWorldError('author', id);
      return { skill: authors.skill[a]!, honesty: authors.honesty[a]!, followers: authors.followers[a]!, leads: authors.leads[a] === 1 };
    },
    *decisions() {
      for (let number = Math.max(0, decisions.count - decisions.capacity); number < decisions.count; number++) {
        const row = number % decisions.capacity;
        const u = decisions.user[row]!;
        yield {
          userId: userIdOf(u),
          sessionId: `${state.prefix}${u}.${decisions.visit[row]!}`,
          timeMs: decisions.timeMs[row]!,
          treated: decisions.treated[row] === 1,
          chanceWithout: decisions.chanceWithout[row]!,
          chanceWith: decisions.chanceWith[row]!,
          tradesWithout: decisions.tradesWithout[row] === 1,
          tradesWith: decisions.tradesWith[row] === 1,
        };
      }
    },
    counterfactual(userId, visit) {
      const u = indexOf(userId);
      const drawn = uniformAt(decisionKey, u, visit, 0);
      const trade = tradeChances(u);
      return { without: drawn < trade.without, with: drawn < trade.with };
    },
    campaigns() {
      return [...campaigns.past, ...campaigns.running].map((campaign) => ({
        ...campaign,
        instrument: markets.instruments[campaign.instrument]!.id,
        members: campaign.members.map(userIdOf),
      }));
    },
    marketHeat: () => markets.marketHeat(),
  };
}
