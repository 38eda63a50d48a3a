import { type PlayerName, playMany, SCENARIOS } from '../../../test/bench/quality/bandit-simulation';

const HORIZON = 300;
const SEEDS = 40;

describe.each(
  SCENARIOS.filter(({ isStationary }) => isStationary).map((scenario) => ({ scenario, name: scenario.name })),
)('where $name', ({ scenario }) => {
  const played = (player: PlayerName) => playMany(scenario, player, SEEDS, HORIZON);

  it('the ranking loses less than choosing by chance, and than trying out every tenth time', () => {
    const { meanRegret } = played('ranking');
    expect(meanRegret).toBeLessThan(played('uniform').meanRegret / 2);
    expect(meanRegret).toBeLessThan(played('epsilon_greedy').meanRegret);
  });

  it('the ranking loses less and less', () => {
    const { meanRegret, meanHalfRegret } = played('ranking');
    expect(meanRegret - meanHalfRegret).toBeLessThan(0.7 * meanHalfRegret);
  });
});
