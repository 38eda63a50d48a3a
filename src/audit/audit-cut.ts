import { createHmac, timingSafeEqual } from 'node:crypto';

import { ChainHead, Link, Seal, sealHash, sha256 } from './audit-chain';

/** Where the chain was cut for its age: rows up to here are gone, and this one's seal was the last. */
export interface Cut {
  readonly seal: Seal;
  /** Of the seal before it: with this anybody can make its hash again, and so knows when it was sealed. */
  readonly previousHash: string;
  /** ISO 8601. */
  readonly at: string;
  /** The row that announced the cut, with its seal; null where there is none. */
  readonly announcement: Link | null;
}

/** What the announcing row says in `after`. */
export interface CutNotice {
  readonly up_to_seq: number;
  readonly hash: string;
  readonly rows: number;
  /** Rows that were sealed before this went; ISO 8601. */
  readonly sealed_before: string;
  /** Tells keys apart without telling them. */
  readonly key_id: string;
  readonly signature: string;
}

/** Whether this machine's key signed a cut: another machine's cannot be checked here. */
export type CutSigner = 'this_machine' | 'another_machine';

/** What is announced as audit row. */
export const CUT_ACTION = 'audit.pruned';
/** No setting makes retention take younger rows; the database refuses it as well (`check_audit_cut`). */
const LEAST_AGE_SECONDS = 90 * 86_400;

/** Announces that the rows up to a head go. Signed with the key of the checkpoint, which the database's owner does not have. */
export function announceCut(
  { seq, hash }: ChainHead,
  { rows, sealedBefore }: { rows: number; sealedBefore: Date },
  key: string,
): CutNotice {
  return {
    up_to_seq: seq,
    hash,
    rows,
    sealed_before: sealedBefore.toISOString(),
    key_id: keyId(key),
    signature: signature(seq, hash, key),
  };
}

/**
 * What speaks against a cut, as a sentence; null where nothing does. Whoever owns the database can write a row and a cut by hand, so
 * the cut must be of what it says, announced in the chain behind it, of nothing younger than retention may take, and signed.
 */
export function findCutFault({ seal, previousHash, announcement }: Cut, key: string): string | null {
  const { seq } = seal;
  if (sealHash(previousHash, seal) !== seal.hash)
    return `the cut at ${seq} does not hold the seal that it is made of`;
  const notice = announcement === null ? null : readNotice(announcement);
  if (announcement === null || notice === null)
    return `the cut at ${seq} is announced by no row of the chain`;
  if (announcement.seal.seq <= seq || notice.up_to_seq !== seq || notice.hash !== seal.hash)
    return `audit row ${announcement.seal.auditId} announces another cut than that at ${seq}`;
  if (Number(announcement.seal.sealedAt) - Number(seal.sealedAt) < LEAST_AGE_SECONDS)
    return `the cut at ${seq} took rows younger than retention may take`;
  if (notice.key_id === keyId(key) && !isSame(notice.signature, signature(seq, seal.hash, key)))
    return `the cut at ${seq} was not signed with the key that it names`;
  return null;
}

/** Who signed a cut against which nothing speaks. */
export function signerOf({ announcement }: Cut, key: string): CutSigner {
  const notice = announcement === null ? null : readNotice(announcement);
  return notice?.key_id === keyId(key) ? 'this_machine' : 'another_machine';
}

/** The notice in a row; null where the row is none, or is not as it was sealed. */
function readNotice({ row }: Link): CutNotice | null {
  if (row?.action !== CUT_ACTION || row.after === null) return null;
  const notice = JSON.parse(row.after) as Partial<CutNotice> | null;
  return typeof notice?.up_to_seq === 'number' && typeof notice.hash === 'string'
    ? (notice as CutNotice)
    : null;
}

function keyId(key: string): string {
  return sha256(`smartcloudops.audit-key-id/1 ${key}`).slice(0, 16);
}

function signature(seq: number, hash: string, key: string): string {
  return createHmac('sha256', key)
    .update(JSON.stringify(['smartcloudops.audit-cut/1', seq, hash]))
    .digest('hex');
}

function isSame(given: unknown, due: string): boolean {
  const [a, b] = [Buffer.from(String(given)), Buffer.from(due)];
  return a.length === b.length && timingSafeEqual(a, b);
}
