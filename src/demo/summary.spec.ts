import { AttemptReport } from './attempt';
import { HeardEvent } from './fault-trial';
import { Anomaly, RemediationAction } from './product-answers';
import { SCENARIOS } from './scenarios';
import { complaintsOf, summaryLines, Tried } from './summary';

const [LEAK, LATENCY] = SCENARIOS;
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
  outcome: 'verified',
} as unknown as RemediationAction;
const DONE: AttemptReport = {
  remedy: LEAK.remedies[0],
  action,
  proposedAfterSeconds: 0.6,
  doneAtMs: 34_500,
  judgedAfterSeconds: 65.2,
  rollback: null,
  complaints: [],
};
const EFFORT = { served: 100, failed: 0, tookSeconds: 90 };

function tried(...attempts: AttemptReport[]): Tried[] {
  const trial = { job: 'orders', metric: LEAK.metric, injectedAtMs: 0, endedAtMs: 40_000 };
  return [{ scenario: LEAK, trial, attempts }];
}

describe('the summary', () => {
  it('says of a remedy who asked for it, who approved it, how long it took, and whether it has helped', () => {
    const text = summaryLines(tried(DONE), EVENTS, EFFORT).join('\n');
    expect(text).toMatch(
      /memory leak +#1 restart_service +system +admin +0\.6 s +4\.5 s +verified +65\.2 s +-/,
    );
    expect(complaintsOf(tried(DONE), EVENTS)).toEqual([]);
  });
  it('says what took back a remedy that has not helped', () => {
    const rollback = { id: 2, action_type: 'scale_down' } as RemediationAction;
    const [remedy] = LATENCY.remedies;
    const useless = { ...DONE, remedy, action: { ...action, outcome: 'no_effect' }, rollback };
    expect(summaryLines(tried(useless), EVENTS, EFFORT).join('\n')).toMatch(
      /no_effect +65\.2 s +#2 scale_down/,
    );
  });
  it('complains of a remedy that nobody proposed', () => {
    const complaint = 'restart_service was not proposed';
    const missed = tried({
      ...DONE,
      action: null,
      proposedAfterSeconds: null,
      doneAtMs: null,
      judgedAfterSeconds: null,
      complaints: [complaint],
    });
    expect(summaryLines(missed, EVENTS, EFFORT).join('\n')).toMatch(
      /memory leak +restart_service +- +- +never +never +- +never +-/,
    );
    expect(complaintsOf(missed, EVENTS)).toEqual([`memory leak: ${complaint}`]);
  });
  it('has no table of remedies where there was nothing to remedy', () => {
    expect(summaryLines(tried(), EVENTS, EFFORT).join('\n')).not.toContain('remedy of');
  });
});
