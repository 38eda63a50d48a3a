import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { ALPHA } from '../../../src/remediation/learning/thompson';
import {
  type PlayerName,
  PLAYERS,
  playMany,
  type Scenario,
  SCENARIOS,
  type Summary,
} from './bandit-simulation';

/**
 * How well proposals are ordered, in simulated worlds where the truth is known: what the very ranking of the server loses against the best
 * fixed remedy of each context, beside others, and how often it earned less than the order of the rules allows.
 *
 *   npm run bench:quality -- [--seeds=200] [--horizon=500] [--out=FILE]
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    horizon: { type: 'string', default: '500' },
    out: {
      type: 'string',
      default: join(__dirname, '..', '..', '..', '..', 'test', 'bench', 'results', 'quality.json'),
    },
  },
});
/** Other worlds than those with which its constants were chosen. */
const FIRST_SEED = 20_001;
const MOST_FALLEN_BEHIND = 0.05;

type Row = Summary & { readonly scenario: string; readonly player: PlayerName };

function whole(name: 'seeds' | 'horizon'): number {
  const given = Number(values[name]);
  if (Number.isInteger(given) && given >= 2) return given;
  console.error(`--${name}=${values[name]} is no whole number from 2 on`);
  process.exit(2);
}

/** What of the goals a scenario misses. */
function missesOf(scenario: Scenario, rows: readonly Row[]): string[] {
  const of = (player: PlayerName): Row =>
    rows.find((row) => row.scenario === scenario.name && row.player === player)!;
  const { meanRegret, fellBehindShare } = of('ranking');
  const epsilon = of('epsilon_greedy').meanRegret;
  return [
    ...(scenario.isStationary && meanRegret >= epsilon
      ? [`${scenario.name}: regret ${meanRegret.toFixed(1)}, of epsilon-greedy ${epsilon.toFixed(1)}`]
      : []),
    ...(fellBehindShare > MOST_FALLEN_BEHIND
      ? [`${scenario.name}: ${percent(fellBehindShare)} of runs earned less than allowed at some time`]
      : []),
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

const [seeds, horizon] = [whole('seeds'), whole('horizon')];
const rows: Row[] = [];
for (const scenario of SCENARIOS) {
  console.log(`\n${scenario.name}${scenario.isStationary ? '' : ' (not stationary)'}`);
  for (const player of Object.keys(PLAYERS) as PlayerName[]) {
    const summary = playMany(scenario, player, seeds, horizon, FIRST_SEED);
    rows.push({ scenario: scenario.name, player, ...summary });
    const regret = `${summary.meanRegret.toFixed(1)} ± ${summary.regretMargin.toFixed(1)}`;
    console.log(
      `  ${player.padEnd(16)} regret ${regret.padStart(14)}   of its first half ${summary.meanHalfRegret.toFixed(1).padStart(6)}` +
        `   below the baseline's share ever ${percent(summary.fellBehindShare).padStart(7)}, at the end ${percent(summary.endedBehindShare).padStart(7)}`,
    );
  }
}
const misses = SCENARIOS.flatMap((scenario) => missesOf(scenario, rows));
const file = resolve(values.out);
writeFileSync(
  file,
  `${JSON.stringify({ seeds, first_seed: FIRST_SEED, horizon, alpha: ALPHA, rows, misses }, null, 2)}\n`,
);
console.log(
  `\n${misses.length === 0 ? 'Every goal is met.' : `Missed:\n  ${misses.join('\n  ')}`}\nSaved in ${file}`,
);
