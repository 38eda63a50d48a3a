import type { Anomaly } from './anomaly.entity';
import { changeOf, stamp } from './anomaly-change';

const anomaly = { title: 'Old', description: 'd', severity: 'low', anomalyScore: 0.5 } as Anomaly;

describe('a change of an anomaly', () => {
  it('holds only what is different, in the contract’s and in the entity’s names', () => {
    expect(changeOf(anomaly, { title: 'New', description: 'd', anomaly_score: 0.7 })).toEqual({
      before: { title: 'Old', anomaly_score: 0.5 },
      after: { title: 'New', anomaly_score: 0.7 },
      members: { title: 'New', anomalyScore: 0.7 },
    });
  });

  it('is none where everything is so already', () => {
    expect(changeOf(anomaly, { title: 'Old' })).toBeNull();
    expect(changeOf(anomaly, {})).toBeNull();
  });

  it('stamps who brought it about and when; reopening wipes owner and end', () => {
    const at = new Date(0);
    expect(stamp('resolved', 'ann', at)).toEqual({ status: 'resolved', resolvedBy: 'ann', resolvedAt: at });
    expect(stamp('open', 'ann', at)).toMatchObject({
      status: 'open',
      acknowledgedBy: null,
      resolvedAt: null,
    });
  });
});
