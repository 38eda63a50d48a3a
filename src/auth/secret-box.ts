import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The layout of what is sealed: version, nonce, tag, ciphertext. */
const VERSION = 1;

/**
 * Keeps secrets that must be read again (signing keys of senders) so that a copy of the database gives none of them away.
 * AES-256-GCM under a key derived from the deployment's secret; `purpose` is bound in, so that nothing sealed for one use opens in another.
 */
export class SecretBox {
  private readonly key: Buffer;

  constructor(secret: string) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'smartcloudops secrets 1', KEY_BYTES));
  }

  seal(text: string, purpose: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, nonce, { authTagLength: TAG_BYTES }).setAAD(
      Buffer.from(purpose),
    );
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), sealed]);
  }

  /** Null where it was sealed under another secret or for another purpose, or was changed. */
  open(sealed: Buffer, purpose: string): string | null {
    const head = 1 + NONCE_BYTES + TAG_BYTES;
    if (sealed.length < head || sealed[0] !== VERSION) return null;
    const decipher = createDecipheriv(CIPHER, this.key, sealed.subarray(1, 1 + NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(purpose))
      .setAuthTag(sealed.subarray(1 + NONCE_BYTES, head));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(head)), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }
}
