import { cronProblem } from './cron';

describe('slots by cron', () => {
  it.each([
    ['* * * *', 'five fields'],
    ['* * * * * *', 'five fields'],
    ['@daily', 'five fields'],
    ['H 2 * * *', 'no list, range or step'],
    ['0 0 30 2 *', 'cannot be read'],
    ['60 0 * * *', 'cannot be read'],
    ['', 'five fields'],
  ])('are not made of %j', (cron, problem) => {
    expect(cronProblem(cron)).toContain(problem);
  });

  it.each(['0 0 29 2 *', '*/5 8-18 * * mon-fri', '0 0 1 jan *'])('are made of %s', (cron) => {
    expect(cronProblem(cron)).toBeNull();
  });
});
