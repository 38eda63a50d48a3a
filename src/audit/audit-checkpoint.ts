import { createHmac, timingSafeEqual } from 'node:crypto';

import { ChainHead } from './audit-chain';

/** Where the chain ended at a time, signed with a key that is not in the database. */
export interface Checkpoint extends ChainHead {
  /** ISO 8601. */
  readonly at: string;
}

/**
 * A checkpoint as the text that is kept, with its HMAC-SHA-256.
 * @example signCheckpoint({ seq: 1, hash: '…', at: '2026-01-31T10:00:00.000Z' }, key) // '{"seq":1,"hash":"…","at":"…","signature":"…"}'
 */
export function signCheckpoint(checkpoint: Checkpoint, key: string): string {
  const { seq, hash, at } = checkpoint;
  return JSON.stringify({ seq, hash, at, signature: signature(checkpoint, key) });
}

/** The checkpoint in a text; null where the text is none, or was not signed with this key. */
export function readCheckpoint(text: string, key: string): Checkpoint | null {
  try {
    const { seq, hash, at, signature: shown } = JSON.parse(text) as Record<string, unknown>;
    if (typeof seq !== 'number' || typeof hash !== 'string' || typeof at !== 'string') return null;
    const due = Buffer.from(signature({ seq, hash, at }, key));
    const given = Buffer.from(String(shown));
    return given.length === due.length && timingSafeEqual(given, due) ? { seq, hash, at } : null;
  } catch {
    return null;
  }
}

function signature({ seq, hash, at }: Checkpoint, key: string): string {
  const text = JSON.stringify(['smartcloudops.audit-checkpoint/1', seq, hash, at]);
  return createHmac('sha256', key).update(text).digest('hex');
}
