import { progressBar } from './progress-bar';

describe('the progress bar', () => {
  it.each([
    [0, 120, '░░░░░░░░   0%'],
    [30, 120, '██░░░░░░  25%'],
    [119, 120, '███████░  99%'],
    [120, 120, '████████ 100%'],
  ])('shows %d of %d', (have, need, bar) => {
    expect(progressBar(have, need, 8)).toBe(bar);
  });

  it.each([
    ['more than needed', 150, 120, '████ 100%'],
    ['less than nothing', -1, 120, '░░░░   0%'],
    ['nothing to do', 0, 0, '████ 100%'],
  ])('stays within its width for %s', (_, have, need, bar) => {
    expect(progressBar(have, need, 4)).toBe(bar);
  });
});
