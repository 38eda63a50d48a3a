import { HeardEvent } from './fault-trial';
import { Anomaly, RemediationAction } from './product-answers';
import { SCENARIOS } from './scenarios';
import { complaintsOf, summaryLines, Tried } from './summary';

const [, LEAK] = SCENARIOS;
const metric = { name: LEAK.metric, labels: { job: 'orders' } };
const anomaly = { id: 5, severity: 'critical', metric } as unknown as Anomaly;
const EVENTS: HeardEvent[] = [
  { atMs: 30_000, event: 'opened', anomaly },
  { atMs: 100_000, event: 'resolved', anomaly },
];
const action = {
  id: 1,
  action_type: 'restart_service',
  requested_by: 'system',
  approved_by: 'admin',
  status: 'completed',
} as unknown as RemediationAction;
const EFFORT = { served: 100, failed: 0, tookSeconds: 90 };

function tried(remedy: Tried['remedy']): Tried[] {
  const trial = { job: 'orders', metric: LEAK.metric, injectedAtMs: 0, endedAtMs: 40_000 };
  return [{ scenario: LEAK, trial, remedy }];
}

describe('the summary', () => {
  it('says who asked for the remedy, who approved it, and how long both took', () => {
    const done = tried({ action, proposedAfterSeconds: 0.6, doneAfterSeconds: 4.5, complaints: [] });
    const text = summaryLines(done, EVENTS, EFFORT).join('\n');
    expect(text).toMatch(/memory leak +#1 restart_service +system +admin +0\.6 s +4\.5 s +completed/);
    expect(complaintsOf(done, EVENTS)).toEqual([]);
  });
  it('complains of a fault that nobody remedied', () => {
    const complaint = 'no action was proposed';
    const missed = tried({
      action: null,
      proposedAfterSeconds: null,
      doneAfterSeconds: null,
      complaints: [complaint],
    });
    expect(summaryLines(missed, EVENTS, EFFORT).join('\n')).toMatch(/memory leak +- +- +- +never +never +-/);
    expect(complaintsOf(missed, EVENTS)).toEqual([`memory leak: ${complaint}`]);
  });
  it('has no table of remedies where there was nothing to remedy', () => {
    expect(summaryLines(tried(null), EVENTS, EFFORT).join('\n')).not.toContain('remedy of');
  });
});
