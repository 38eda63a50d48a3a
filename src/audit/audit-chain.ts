import { hash as digest } from 'node:crypto';

/**
 * A row of the audit log as it is hashed: every column as the database's own text, so that nothing is lost on the way (ids
 * and times to the last digit, JSON with every digit of its numbers).
 */
export interface AuditRow {
  readonly id: string;
  /** The transaction that wrote it. */
  readonly xact: string;
  /** Seconds since 1970, six decimals. */
  readonly at: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly requestId: string | null;
  readonly address: string | null;
}

/** A row's place in the chain. Hashes are lower-case hexadecimal. */
export interface Seal {
  readonly seq: number;
  readonly auditId: string;
  /** Of the two forms below that are hashed. */
  readonly version: number;
  /** Seconds since 1970, six decimals. */
  readonly sealedAt: string;
  /** Every row of a transaction before this one has a lower seq: what turns up later with such a transaction was forged. */
  readonly horizon: string;
  readonly rowHash: string;
  /** Over the seal before it and all of the above. */
  readonly hash: string;
}

/** Where a chain ends. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** A seal and the row that it seals; null where there is no such row. */
export interface Link {
  readonly seal: Seal;
  readonly row: AuditRow | null;
}

/** What is wrong with a place in the chain. */
export interface ChainFault {
  readonly kind: 'edited' | 'missing' | 'reordered';
  readonly seq: number;
  /** The audit row, where it can be named. */
  readonly auditId: string | null;
  readonly detail: string;
}

export interface ChainVerdict {
  /** Rows that hold, from the first on. */
  readonly verified: number;
  /** The last one that holds. */
  readonly head: ChainHead;
  /** The first one that does not. */
  readonly fault: ChainFault | null;
}

/** The form of rows and seals that is written now; a new form gets a new number, and the old ones stay readable. */
export const SEAL_VERSION = 1;

/** What the first seal follows. */
export const GENESIS: ChainHead = { seq: 0, hash: '0'.repeat(64) };

/**
 * The text of a row that is hashed: a JSON list of its columns behind the form's name. Two rows that differ in any column
 * have different texts, since JSON quotes whatever could be mistaken for a border.
 * @example canonicalRow(row) // ["smartcloudops.audit-row/1","7","812","1764000000.250000","user","3","ada",…]
 */
export function canonicalRow(row: AuditRow): string {
  return JSON.stringify([
    'smartcloudops.audit-row/1',
    row.id,
    row.xact,
    row.at,
    row.actorKind,
    row.actorId,
    row.actorName,
    row.action,
    row.subjectType,
    row.subjectId,
    row.before,
    row.after,
    row.requestId,
    row.address,
  ]);
}

/** The seal of the row that follows a head. */
export function nextSeal(
  head: ChainHead,
  row: AuditRow,
  { sealedAt, horizon }: Pick<Seal, 'sealedAt' | 'horizon'>,
): Seal {
  const seal = {
    seq: head.seq + 1,
    auditId: row.id,
    version: SEAL_VERSION,
    sealedAt,
    horizon,
    rowHash: sha256(canonicalRow(row)),
  };
  return { ...seal, hash: sealHash(head.hash, seal) };
}

/** The hash of a seal behind the one with this hash. */
export function sealHash(previous: string, seal: Omit<Seal, 'hash'>): string {
  const { seq, auditId, sealedAt, horizon, rowHash } = seal;
  return sha256(
    JSON.stringify(['smartcloudops.audit-seal/1', previous, seq, auditId, sealedAt, horizon, rowHash]),
  );
}

/** SHA-256 of a text, in lower-case hexadecimal. */
export function sha256(text: string): string {
  return digest('sha256', text, 'hex');
}

/**
 * Holds seals and rows, in order of seq, against the chain; ends at the first that does not fit, or where they end.
 * Whoever cuts the end off leaves a shorter chain that holds: only a checkpoint kept elsewhere shows that.
 */
export async function verifyChain(
  links: AsyncIterable<Link> | Iterable<Link>,
  start: ChainHead = GENESIS,
): Promise<ChainVerdict> {
  let head = start;
  for await (const { seal, row } of links) {
    const fault = findFault(head, seal, row);
    if (fault !== null) return { verified: head.seq - start.seq, head, fault };
    head = { seq: seal.seq, hash: seal.hash };
  }
  return { verified: head.seq - start.seq, head, fault: null };
}

function findFault(head: ChainHead, seal: Seal, row: AuditRow | null): ChainFault | null {
  const expected = head.seq + 1;
  const { seq, auditId } = seal;
  if (seq > expected) {
    const detail =
      seq === expected + 1 ? `seal ${expected} is missing` : `seals ${expected} to ${seq - 1} are missing`;
    return { kind: 'missing', seq: expected, auditId: null, detail };
  }
  if (seq < expected) return { kind: 'reordered', seq, auditId, detail: `seal ${seq} occurs twice` };
  if (row === null)
    return {
      kind: 'missing',
      seq,
      auditId,
      detail: `audit row ${auditId} is missing; its seal is still there`,
    };
  if (seal.version !== SEAL_VERSION)
    return { kind: 'edited', seq, auditId, detail: `form ${seal.version} of the seal is not known here` };
  if (sha256(canonicalRow(row)) !== seal.rowHash)
    return { kind: 'edited', seq, auditId, detail: `audit row ${auditId} is not as it was sealed` };
  if (sealHash(head.hash, seal) !== seal.hash) {
    const detail = `seal ${seq} does not follow from the one before it: reordered, or itself edited`;
    return { kind: 'reordered', seq, auditId, detail };
  }
  return null;
}
