import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';

const FIND = {
  name: 'seen_events_find',
  text: `SELECT encode(event_hash, 'hex') AS hash FROM seen_events WHERE sender = $1 AND event_hash = ANY ($2)`,
};

/** In the order of the key, so that two deliveries wait for each other, and never crosswise. */
const NOTE = {
  name: 'seen_events_note',
  text: `INSERT INTO seen_events (sender, event_hash) SELECT $1, hash FROM unnest($2::bytea[]) AS news(hash) ORDER BY hash ON CONFLICT DO NOTHING`,
};

/** The SQL of deliveries that were taken. */
@Injectable()
export class SeenEventRepository {
  constructor(private readonly database: Database) {}

  /** Those of a sender's event ids that were taken before. */
  async find(sender: string, ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ hash: string }>(FIND, [sender, ids.map(hashOf)]);
    const seen = new Set(rows.map(({ hash }) => hash));
    return new Set(ids.filter((id) => seen.has(hashOf(id).toString('hex'))));
  }

  async note(sender: string, ids: readonly string[]): Promise<void> {
    await this.database.query(NOTE, [sender, ids.map(hashOf)]);
  }
}

function hashOf(id: string): Buffer {
  return createHash('sha256').update(id).digest();
}
