import { TAIL_CAP, type UnsealedTail } from './audit-chain.repository';
import type { AuditFault, AuditVerification, CheckpointVerdict, RemovedRows } from './audit-verifier';

const NAMES: Readonly<Record<AuditFault['kind'], string>> = {
  edited: 'edited',
  missing: 'missing',
  reordered: 'reordered',
  not_chained: 'not chained',
  cut: 'end cut off',
  rewritten: 'rewritten',
  forged: 'forged',
};

/**
 * What verifying found, as lines for a person.
 * @example describeVerification(found)[1] // 'First bad row  seq 17, audit row 23: edited (audit row 23 is not as it was sealed)'
 */
export function describeVerification(found: AuditVerification): string[] {
  const { verified, fromSeq, toSeq, firstBad, unsealed, removed, checkpoint } = found;
  const span = toSeq === 0 ? 'nothing is sealed yet' : `${verified} of seq ${fromSeq} to ${toSeq}`;
  return [
    `Rows verified  ${span}`,
    ...(removed === null ? [] : [`Removed        ${describeRemoved(removed)}`]),
    `First bad row  ${firstBad === null ? 'none' : describeFault(firstBad)}`,
    `Unsealed tail  ${describeTail(unsealed)}`,
    `Checkpoint     ${describeCheckpoint(checkpoint)}`,
    firstBad === null ? 'The audit log is as it was written.' : 'THE AUDIT LOG IS NOT AS IT WAS WRITTEN.',
  ];
}

function describeFault({ kind, seq, auditId, detail }: AuditFault): string {
  const places = [seq === null ? null : `seq ${seq}`, auditId === null ? null : `audit row ${auditId}`];
  const place = places.filter((name) => name !== null).join(', ');
  return `${place === '' ? '' : `${place}: `}${NAMES[kind]} (${detail})`;
}

function describeRemoved({ toSeq, at, signedBy }: RemovedRows): string {
  const signer =
    signedBy === 'this_machine'
      ? 'signed here'
      : "signed with another machine's key, which cannot be checked here";
  return `seq 1 to ${toSeq} by retention at ${at}; ${signer}`;
}

function describeTail({ count, oldestAt }: UnsealedTail): string {
  if (oldestAt === null) return 'none';
  const number = count >= TAIL_CAP ? `${TAIL_CAP} or more rows` : count === 1 ? '1 row' : `${count} rows`;
  return `${number}, the oldest of ${oldestAt.toISOString()}; a running server seals them within a second`;
}

function describeCheckpoint({ state, seq, at }: CheckpointVerdict): string {
  if (state === 'none') return 'none in DATA_DIR: that the end was not cut off cannot be told';
  const which = seq === null ? '' : `: seq ${seq} of ${at}`;
  return state === 'agrees' ? `agrees${which}` : `DISAGREES${which}`;
}
