import { Seeded } from '../../../src/common/seeded';
import type { SeenOutcome } from '../../../src/remediation/learning/remedy-belief';
import { armOf } from '../../../src/remediation/learning/standing';
import { ALPHA, orderArms } from '../../../src/remediation/learning/thompson';

/** How one remedy ends: how often verified, how often worse than before; else it has no effect. */
export interface TrueRemedy {
  readonly verified: number;
  readonly madeWorse: number;
}

/** A world: remedies in the order that people stated, in each context, before and after it changes. */
export interface Scenario {
  readonly name: string;
  readonly isStationary: boolean;
  readonly contexts: readonly { readonly anomalyClass: string; readonly targetGroup: string }[];
  /** What each remedy is like in a context at a round. */
  readonly remedies: (context: number, round: number, horizon: number) => readonly TrueRemedy[];
}

const VERIFIED_ONLY = (...shares: number[]): TrueRemedy[] =>
  shares.map((verified) => ({ verified, madeWorse: 0 }));
const ONE_CONTEXT = [{ anomalyClass: 'metric:p95_seconds:high', targetGroup: 'shop' }];

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'clear best arm',
    isStationary: true,
    contexts: ONE_CONTEXT,
    remedies: () => VERIFIED_ONLY(0.35, 0.45, 0.8, 0.3),
  },
  {
    name: 'tie',
    isStationary: true,
    contexts: ONE_CONTEXT,
    remedies: () => VERIFIED_ONLY(0.4, 0.65, 0.65, 0.4),
  },
  {
    name: 'baseline is best',
    isStationary: true,
    contexts: ONE_CONTEXT,
    remedies: () => VERIFIED_ONLY(0.75, 0.55, 0.45, 0.3),
  },
  {
    name: 'best arm depends on the context',
    isStationary: true,
    contexts: ['shop', 'search'].flatMap((targetGroup) =>
      ['metric:p95_seconds:high', 'alert:DiskFull'].map((anomalyClass) => ({ anomalyClass, targetGroup })),
    ),
    remedies: (context) =>
      [
        VERIFIED_ONLY(0.3, 0.8, 0.4),
        VERIFIED_ONLY(0.3, 0.4, 0.8),
        VERIFIED_ONLY(0.8, 0.4, 0.3),
        VERIFIED_ONLY(0.4, 0.8, 0.3),
      ][context],
  },
  {
    name: 'one arm prone to made_worse',
    isStationary: true,
    contexts: ONE_CONTEXT,
    remedies: () => [
      { verified: 0.55, madeWorse: 0 },
      { verified: 0.7, madeWorse: 0.25 },
      { verified: 0.75, madeWorse: 0 },
      { verified: 0.3, madeWorse: 0 },
    ],
  },
  {
    name: 'best arm becomes bad midway',
    isStationary: false,
    contexts: ONE_CONTEXT,
    remedies: (_, round, horizon) =>
      round < horizon / 2 ? VERIFIED_ONLY(0.4, 0.8, 0.55) : VERIFIED_ONLY(0.4, 0.1, 0.55),
  },
];

/** What a remedy earns on average; what made things worse costs as much as what helped is worth. */
function valueOf({ verified, madeWorse }: TrueRemedy): number {
  return verified - madeWorse;
}

/** Says which remedy goes first, and is told what came of it. */
interface Player {
  first(context: number, round: number): number;
  told(context: number, arm: number, outcome: SeenOutcome['outcome'], round: number): void;
}

/** A trouble every six hours. */
const HOURS_APART = 6;
const START_MS = Date.UTC(2026, 0, 1);
const atRound = (round: number): Date => new Date(START_MS + round * HOURS_APART * 3_600_000);

/** As many of each remedy as the server reads. */
const LATEST = 300;

/** The very ranking that the server does. */
class Ranking implements Player {
  private readonly seen = new Map<string, SeenOutcome[]>();

  constructor(
    private readonly scenario: Scenario,
    private readonly seed: number,
  ) {}

  first(context: number, round: number): number {
    const where = this.scenario.contexts[context];
    const count = this.scenario.remedies(context, round, 1).length;
    const { anomalyClass, targetGroup } = where;
    const arms = Array.from({ length: count }, (_, arm) =>
      armOf(
        { remedy: String(arm), targetGroup },
        anomalyClass,
        this.seen.get(String(arm)) ?? [],
        atRound(round),
      ),
    );
    return Number(orderArms(arms, this.seed * 1_000_003 + round)[0].remedy);
  }

  told(context: number, arm: number, outcome: SeenOutcome['outcome'], round: number): void {
    const remedy = String(arm);
    const known = this.seen.get(remedy) ?? [];
    known.push({
      remedy,
      ...this.scenario.contexts[context],
      outcome,
      selfRecovery: null,
      at: atRound(round),
    });
    this.seen.set(remedy, known.slice(-LATEST));
  }
}

/** Means of what each remedy earned in each context, and every tenth time any of them. */
class EpsilonGreedy implements Player {
  private readonly earned = new Map<string, { mean: number; count: number }>();
  private readonly random: Seeded;

  constructor(
    private readonly scenario: Scenario,
    seed: number,
    private readonly epsilon = 0.1,
  ) {
    this.random = new Seeded(seed ^ 0x5eed);
  }

  first(context: number, round: number): number {
    const count = this.scenario.remedies(context, round, 1).length;
    if (this.random.next() < this.epsilon) return this.random.below(count);
    const means = Array.from({ length: count }, (_, arm) => this.earned.get(`${context}/${arm}`)?.mean ?? 0);
    return means.indexOf(Math.max(...means));
  }

  told(context: number, arm: number, outcome: SeenOutcome['outcome']): void {
    const { mean, count } = this.earned.get(`${context}/${arm}`) ?? { mean: 0, count: 0 };
    const reward = outcome === 'verified' ? 1 : outcome === 'made_worse' ? -1 : 0;
    this.earned.set(`${context}/${arm}`, { mean: mean + (reward - mean) / (count + 1), count: count + 1 });
  }
}

class Uniform implements Player {
  private readonly random: Seeded;

  constructor(
    private readonly scenario: Scenario,
    seed: number,
  ) {
    this.random = new Seeded(seed ^ 0x0dd5);
  }

  first(context: number, round: number): number {
    return this.random.below(this.scenario.remedies(context, round, 1).length);
  }

  told(): void {
    // Learns nothing.
  }
}

class AlwaysBaseline implements Player {
  first(): number {
    return 0;
  }

  told(): void {
    // Learns nothing.
  }
}

export const PLAYERS = {
  ranking: (scenario: Scenario, seed: number): Player => new Ranking(scenario, seed),
  epsilon_greedy: (scenario: Scenario, seed: number): Player => new EpsilonGreedy(scenario, seed),
  uniform: (scenario: Scenario, seed: number): Player => new Uniform(scenario, seed),
  baseline: (): Player => new AlwaysBaseline(),
} as const;
export type PlayerName = keyof typeof PLAYERS;

/** What one player earned in one run. */
export interface Run {
  /** What the best fixed remedy of each context would have earned more, after half of the rounds and after all. */
  readonly halfRegret: number;
  readonly regret: number;
  /** Whether at any round what it had earned on average was less than 1 − alpha of what the baseline had. */
  readonly fellBehind: boolean;
  /** The same after the last round. */
  readonly endedBehind: boolean;
}

/** Plays a scenario once. What is earned is counted by averages, so that luck is no one's merit. */
export function play(scenario: Scenario, name: PlayerName, seed: number, horizon: number): Run {
  const world = new Seeded(seed);
  const player = PLAYERS[name](scenario, seed);
  const best = scenario.contexts.map((_, context) => bestFixed(scenario, context, horizon));
  let [earned, ofBaseline, regret, halfRegret, fellBehind] = [0, 0, 0, 0, false];
  const isBehind = (): boolean => earned < (1 - ALPHA) * ofBaseline - 1e-9;
  for (let round = 0; round < horizon; round += 1) {
    const context = world.below(scenario.contexts.length);
    const remedies = scenario.remedies(context, round, horizon);
    const arm = player.first(context, round);
    const luck = world.next();
    const { verified, madeWorse } = remedies[arm];
    player.told(
      context,
      arm,
      luck < verified ? 'verified' : luck < verified + madeWorse ? 'made_worse' : 'no_effect',
      round,
    );
    earned += valueOf(remedies[arm]);
    ofBaseline += valueOf(remedies[0]);
    regret += valueOf(remedies[best[context]]) - valueOf(remedies[arm]);
    if (round === Math.floor(horizon / 2) - 1) halfRegret = regret;
    fellBehind ||= isBehind();
  }
  return { halfRegret, regret, fellBehind, endedBehind: isBehind() };
}

function bestFixed(scenario: Scenario, context: number, horizon: number): number {
  const sums = scenario.remedies(context, 0, horizon).map(() => 0);
  for (let round = 0; round < horizon; round += 1)
    scenario.remedies(context, round, horizon).forEach((remedy, arm) => (sums[arm] += valueOf(remedy)));
  return sums.indexOf(Math.max(...sums));
}

/** What many runs of one player in one scenario come to. */
export interface Summary {
  readonly meanRegret: number;
  readonly meanHalfRegret: number;
  /** Half the width of the 95 % interval of the mean. */
  readonly regretMargin: number;
  readonly fellBehindShare: number;
  readonly endedBehindShare: number;
}

/** Plays a scenario with so many seeds. */
export function playMany(
  scenario: Scenario,
  name: PlayerName,
  seeds: number,
  horizon: number,
  firstSeed = 1,
): Summary {
  const runs = Array.from({ length: seeds }, (_, index) => play(scenario, name, firstSeed + index, horizon));
  const mean = (of: (run: Run) => number): number => runs.reduce((sum, run) => sum + of(run), 0) / seeds;
  const meanRegret = mean(({ regret }) => regret);
  const variance = mean(({ regret }) => (regret - meanRegret) ** 2);
  return {
    meanRegret,
    meanHalfRegret: mean(({ halfRegret }) => halfRegret),
    regretMargin: 1.96 * Math.sqrt(variance / seeds),
    fellBehindShare: mean(({ fellBehind }) => Number(fellBehind)),
    endedBehindShare: mean(({ endedBehind }) => Number(endedBehind)),
  };
}
