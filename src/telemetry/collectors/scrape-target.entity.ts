import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A Prometheus `/metrics` page that is read at an interval, and how that went last. */
@Entity('scrape_targets')
export class ScrapeTarget {
  @PrimaryColumn('integer', { generated: 'identity' })
  id: number;

  /** Becomes the label `job`. */
  @Column('text')
  name: string;

  @Column('text')
  url: string;

  @Column('integer', { name: 'interval_seconds' })
  intervalSeconds: number;

  /** Added to every series of the page. */
  @Column('jsonb', { default: {} })
  labels: Record<string, string>;

  @Column('boolean', { name: 'is_enabled', default: true })
  isEnabled: boolean;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'last_scraped_at', precision: 3, nullable: true })
  lastScrapedAt: Date | null;

  /** Null where the last scrape succeeded. */
  @Column('text', { name: 'last_error', nullable: true })
  lastError: string | null;

  @Column('integer', { name: 'last_sample_count', nullable: true })
  lastSampleCount: number | null;
}
