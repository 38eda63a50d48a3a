import { createHash, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, string, number, { N: number }, Buffer>(scrypt);

const GROUP_EVERY_MS = 100;
/** Work of some milliseconds, off the main thread. */
const COST = { N: 2_048 };
const SIGNATURE_BYTES = 32;

/** Proves a text: its own hash is one of those that the group's signature is over. */
export interface Signature {
  readonly hash: string;
  readonly group: string;
}

interface Waiting {
  readonly hash: string;
  readonly done: (signature: Signature) => void;
  readonly failed: (error: Error) => void;
}

/**
 * Signs texts in groups ten times a second, as a database commits in groups: ten cost what one does, and each waits for its group's
 * turn. So a text takes 50 ms on average and 100 at most, busy machine or not.
 */
export class GroupSigner {
  private waiting: Waiting[] = [];

  constructor(private readonly key: string) {
    setInterval(() => void this.signGroup(), GROUP_EVERY_MS);
  }

  sign(text: string): Promise<Signature> {
    const hash = createHash('sha256').update(text).digest('hex');
    return new Promise((done, failed) => this.waiting.push({ hash, done, failed }));
  }

  private async signGroup(): Promise<void> {
    const group = this.waiting;
    this.waiting = [];
    if (group.length === 0) return;
    try {
      const signature = await derive(group.map(({ hash }) => hash).join(), this.key, SIGNATURE_BYTES, COST);
      for (const { hash, done } of group) done({ hash, group: signature.toString('hex') });
    } catch (error) {
      for (const { failed } of group) failed(error as Error);
    }
  }
}
