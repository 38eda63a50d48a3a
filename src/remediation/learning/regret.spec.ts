import { type PlayerName, playMany, SCENARIOS } from '../../../test/bench/quality/bandit-simulation';

const HORIZON = 240;
const SEEDS = 20;

/** Few seeds, so that they are done soon; `npm run bench:quality` has the figures. */
const played = (player: PlayerName) =>
  SCENARIOS.filter(({ isStationary }) => isStationary).map((scenario) => ({
    name: scenario.name,
    ...playMany(scenario, player, SEEDS, HORIZON),
  }));
const total = (runs: readonly { readonly meanRegret: number }[]) =>
  runs.reduce((sum, { meanRegret }) => sum + meanRegret, 0);

describe('the order of proposals, where what helps stays the same', () => {
  const ranking = played('ranking');
  const uniform = played('uniform');

  it.each(ranking.map((run, index) => ({ ...run, byChance: uniform[index].meanRegret })))(
    'loses less than choosing by chance and less and less: $name',
    ({ meanRegret, meanHalfRegret, byChance }) => {
      expect(meanRegret).toBeLessThan(byChance);
      expect(meanRegret - meanHalfRegret).toBeLessThan(meanHalfRegret);
    },
  );

  it('loses less over all than to try out every tenth time', () => {
    expect(total(ranking)).toBeLessThan(total(played('epsilon_greedy')));
  });
});
