import type { AuditVerification } from './audit-verifier';
import { describeVerification } from './verification-report';

const INTACT: AuditVerification = {
  fromSeq: 1,
  toSeq: 120,
  verified: 120,
  firstBad: null,
  unsealed: { count: 0, oldestAt: null },
  removed: null,
  checkpoint: { state: 'agrees', seq: 118, at: '2026-01-31T10:00:00.000Z' },
};

describe('the report of a verification', () => {
  it('says that everything holds', () => {
    expect(describeVerification(INTACT)).toEqual([
      'Rows verified  120 of seq 1 to 120',
      'First bad row  none',
      'Unsealed tail  none',
      'Checkpoint     agrees: seq 118 of 2026-01-31T10:00:00.000Z',
      'The audit log is as it was written.',
    ]);
  });

  it.each<[string, Partial<AuditVerification>, string]>([
    [
      'what retention removed',
      { removed: { toSeq: 80, at: '2026-01-31T10:00:00.000Z', signedBy: 'this_machine' } },
      'Removed        seq 1 to 80 by retention at 2026-01-31T10:00:00.000Z; signed here',
    ],
    [
      'a cut whose signature is none of ours',
      { removed: { toSeq: 80, at: '2026-01-31T10:00:00.000Z', signedBy: 'another_machine' } },
      "Removed        seq 1 to 80 by retention at 2026-01-31T10:00:00.000Z; signed with another machine's key, which cannot be checked here",
    ],
    [
      'the first bad row by both its numbers',
      { firstBad: { kind: 'edited', seq: 17, auditId: '23', detail: 'why' } },
      'First bad row  seq 17, audit row 23: edited (why)',
    ],
    [
      'a gap by the number that is missing',
      { firstBad: { kind: 'missing', seq: 17, auditId: null, detail: 'why' } },
      'First bad row  seq 17: missing (why)',
    ],
    [
      'a row that was slipped in by its id',
      { firstBad: { kind: 'not_chained', seq: null, auditId: '23', detail: 'why' } },
      'First bad row  audit row 23: not chained (why)',
    ],
    [
      'a checkpoint that is not ours',
      { firstBad: { kind: 'forged', seq: null, auditId: null, detail: 'why' } },
      'First bad row  forged (why)',
    ],
    [
      'how much waits for its seal',
      { unsealed: { count: 2, oldestAt: new Date('2026-01-31T10:00:00Z') } },
      'Unsealed tail  2 rows, the oldest of 2026-01-31T10:00:00.000Z; a running server seals them within a second',
    ],
    [
      'that it counts no further',
      { unsealed: { count: 100_000, oldestAt: new Date('2026-01-31T10:00:00Z') } },
      'Unsealed tail  100000 or more rows, the oldest of 2026-01-31T10:00:00.000Z; a running server seals them within a second',
    ],
    [
      'that nothing is there yet',
      { fromSeq: 0, toSeq: 0, verified: 0 },
      'Rows verified  nothing is sealed yet',
    ],
    [
      'what a missing checkpoint means',
      { checkpoint: { state: 'none', seq: null, at: null } },
      'Checkpoint     none in DATA_DIR: that the end was not cut off cannot be told',
    ],
    [
      'that the checkpoint disagrees',
      { checkpoint: { state: 'disagrees', seq: 130, at: '2026-01-31T10:00:00.000Z' } },
      'Checkpoint     DISAGREES: seq 130 of 2026-01-31T10:00:00.000Z',
    ],
  ])('says %s', (_, part, line) => {
    expect(describeVerification({ ...INTACT, ...part })).toContain(line);
  });

  it('ends with what matters', () => {
    const bad = { ...INTACT, firstBad: { kind: 'edited', seq: 1, auditId: '1', detail: '' } } as const;
    expect(describeVerification(bad).at(-1)).toBe('THE AUDIT LOG IS NOT AS IT WAS WRITTEN.');
  });
});
