import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import type { Labels } from '../metrics/labels';

/** What a sender calls an alert, and the labels that it has. */
export interface KeyedLabels {
  readonly key: string;
  readonly labels: Labels;
}

/** In the order of the key, so that two deliveries wait for each other, and never crosswise. The labels of the first stay. */
const REMEMBER = {
  name: 'alert_keys_remember',
  text: `INSERT INTO alert_keys AS known (sender, key_hash, labels)
         SELECT $1, decode(hash, 'hex'), labels FROM jsonb_to_recordset($2) AS told(hash text, labels jsonb) ORDER BY hash
         ON CONFLICT ON CONSTRAINT alert_keys_pk DO UPDATE SET updated_at = now()`,
};

const FIND = {
  name: 'alert_keys_find',
  text: `SELECT encode(key_hash, 'hex') AS hash, labels FROM alert_keys WHERE sender = $1 AND key_hash = ANY ($2)`,
};

const FORGET = {
  name: 'alert_keys_forget',
  text: `DELETE FROM alert_keys WHERE (sender, key_hash) IN (
           SELECT sender, key_hash FROM alert_keys WHERE sender = $1 AND key_hash = ANY ($2) ORDER BY key_hash FOR UPDATE)`,
};

/** The SQL of what senders call their alerts. */
@Injectable()
export class AlertKeyRepository {
  constructor(private readonly database: Database) {}

  /** Remembers the labels of alerts under their keys, each once; those of a key that is known already stay as they are. */
  async remember(sender: string, told: readonly KeyedLabels[]): Promise<void> {
    const rows = told.map(({ key, labels }) => ({ hash: hashOf(key).toString('hex'), labels }));
    await this.database.query(REMEMBER, [sender, JSON.stringify(rows)]);
  }

  /** The labels that keys stand for; nothing for a key that nobody has told of. */
  async find(sender: string, keys: readonly string[]): Promise<Map<string, Labels>> {
    const rows = await this.database.query<{ hash: string; labels: Labels }>(FIND, [
      sender,
      keys.map(hashOf),
    ]);
    const labels = new Map(rows.map((row) => [row.hash, row.labels]));
    return new Map(
      keys.flatMap((key) => {
        const found = labels.get(hashOf(key).toString('hex'));
        return found === undefined ? [] : [[key, found] as const];
      }),
    );
  }

  async forget(sender: string, keys: readonly string[]): Promise<void> {
    await this.database.query(FORGET, [sender, keys.map(hashOf)]);
  }
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
