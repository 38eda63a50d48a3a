import type { PoolClient } from 'pg';

/** What a process holds by locks of the session in which it sought it, and loses with that session. */
export interface Post {
  readonly name: string;
  /** Called about once a second: takes what is free and due to this process, gives back what is not. */
  seek(session: PoolClient): Promise<void>;
  /** Called when the session is gone or about to end. */
  layDown(): Promise<void>;
}
