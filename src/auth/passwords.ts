import { randomBytes } from 'node:crypto';

import { Injectable, OnModuleInit } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';

import { PasswordChecksBusy } from './auth.errors';

/** OWASP's first choice for argon2id (the library's default algorithm): 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashing takes whole threads of a pool of four that files and name look-ups need as well. */
const AT_ONCE = 2;
/** About three seconds of work; whoever would wait longer is told so. */
const MAX_WAITING = 100;

/** Hashes passwords, and checks them in the same time whether the account exists or not. */
@Injectable()
export class Passwords implements OnModuleInit {
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private decoy: string;

  async onModuleInit(): Promise<void> {
    this.decoy = await this.hash(randomBytes(32).toString('base64url'));
  }

  /** The PHC text to keep. Throws  PasswordChecksBusy. */
  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(normalised(password), COST));
  }

  /** Whether a password is the one behind a hash; without a hash (no such account) as slow, and false. Throws  PasswordChecksBusy. */
  async matches(password: string, passwordHash: string | null): Promise<boolean> {
    const same = await this.inTurn(() => verify(passwordHash ?? this.decoy, normalised(password)));
    return same && passwordHash !== null;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) {
      if (this.waiting.length >= MAX_WAITING) throw new PasswordChecksBusy();
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else this.running += 1;
    try {
      return await work();
    } finally {
      // The place goes to the next in line without being given up, so that nobody slips in between.
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}

/** The same letters typed on different systems come as different code points. */
function normalised(password: string): string {
  return password.normalize('NFKC');
}
