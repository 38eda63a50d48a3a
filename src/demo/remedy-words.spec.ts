import { hasEnded, planLines, targetWords, trailLine } from './remedy-words';

describe('a remedy in words', () => {
  it('tells each line of its trail with its time', () => {
    const at = new Date(2026, 0, 1, 12, 0, 1).toISOString();
    const line = { id: 1, at, event: 'step_succeeded', message: 'Step restart was done', by: 'system' };
    expect(trailLine(line)).toBe('  12:00:01  step succeeded Step restart was done');
  });
  it('says before the approval how much is touched and what undoes it', () => {
    const steps = [
      { blast_radius: 'one service', rollback: null },
      { blast_radius: 'up to 5 instances', rollback: 'scale_down' },
    ];
    expect(planLines({ reasons: ['one person must approve'], steps })).toEqual([
      'one person must approve',
      'touches one service; nothing undoes it',
      'touches up to 5 instances; scale_down undoes it',
    ]);
  });
  it('repeats what its target said, where it said something', () => {
    const step = { name: 'restart', state: 'succeeded' };
    const steps = [
      { ...step, result: { message: 'restarted' } },
      { ...step, result: null },
    ];
    expect(targetWords({ execution_result: { steps } })).toEqual(['restarted']);
    expect(targetWords({ execution_result: null })).toEqual([]);
  });
  it('is over once it is done, has failed or was called off', () => {
    expect(hasEnded({ status: 'in_progress' })).toBe(false);
    expect(hasEnded({ status: 'failed' })).toBe(true);
  });
});
