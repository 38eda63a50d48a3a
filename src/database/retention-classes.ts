import { Injectable } from '@nestjs/common';

import { RetentionSetting } from '../config/retention-limits';

/** Where a walk over a class has come, in the terms of whoever walks. */
export type WalkPosition = readonly (string | number)[];

/** What one batch did. */
export interface PurgedBatch {
  readonly deleted: number;
  /** From where the next batch goes on; null where nothing is left to do now. */
  readonly next: WalkPosition | null;
}

/** Rows that are kept for a time, and who deletes them after it. */
export interface RetentionClass {
  readonly name: string;
  /** What it holds, and which of its rows go and which never do: a sentence for operators. */
  readonly holds: string;
  /** The tables whose size is its own; a partitioned one stands for all its partitions. */
  readonly tables: readonly string[];
  /** How many days, by which setting; null where the product itself fixes the time. */
  readonly keep: (RetentionSetting & { readonly days: number }) | null;
  /** When its oldest row began to count; null where it has none, or none can be named. */
  oldest(): Promise<Date | null>;
  /**
   * Deletes what is due among the next rows after a position: at most `limit` are looked at, in a short transaction, and rows that
   * somebody else has locked are left for later. Rows that are no technical remains leave their audit row in it.
   * Null where whoever keeps the rows also deletes them.
   */
  readonly purge: ((limit: number, after: WalkPosition | null) => Promise<PurgedBatch>) | null;
}

/** A fixed time is over in one statement after another; no walk needs to remember a place. */
export const FROM_THE_FRONT: WalkPosition = [];

/**
 * The batch of a statement that deletes up to `limit` rows and always begins at the front.
 * @example batchOf(500, 500).next // []: a full batch, so there may be more
 */
export function batchOf(deleted: number, limit: number): PurgedBatch {
  return { deleted, next: deleted < limit ? null : FROM_THE_FRONT };
}

/**
 * What the product forgets after a time. Who owns rows registers them here with the statement that deletes them; the retention
 * module runs them all, and knows of none of them.
 */
@Injectable()
export class RetentionClasses {
  private readonly classes = new Map<string, RetentionClass>();

  register(retentionClass: RetentionClass): void {
    const { name } = retentionClass;
    if (this.classes.has(name)) throw new Error(`The retention class ${name} is registered twice`);
    this.classes.set(name, retentionClass);
  }

  /** Every class, in the order of registration. */
  list(): readonly RetentionClass[] {
    return [...this.classes.values()];
  }
}
