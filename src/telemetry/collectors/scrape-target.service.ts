import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { EgressAllowList } from '../../egress/egress-allow-list';
import { parseEgressUrl } from '../../egress/egress-url';
import { currentActor } from '../../observability/request-context';
import { checkSeries, type Labels } from '../metrics/labels';
import { ScrapeTarget } from './scrape-target.entity';
import { ScrapeTargetRepository } from './scrape-target.repository';

/** Which pages are scraped. */
@Injectable()
export class ScrapeTargetService {
  constructor(
    private readonly targets: ScrapeTargetRepository,
    private readonly allowList: EgressAllowList,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  list(): Promise<ScrapeTarget[]> {
    return this.targets.list();
  }

  /**
   * Adds a page to scrape, from the next second on.
   * Throws InvalidEgressUrl, InvalidLabels, `egress/not-allowed` where its host is not on the allow-list, and a conflict where the name or URL is taken.
   */
  async add(name: string, url: string, intervalSeconds: number, labels: Labels): Promise<ScrapeTarget> {
    const { scheme, host, port } = parseEgressUrl(url);
    const { labels: checked } = checkSeries('up', labels);
    checkSeries('up', { job: name });
    if ((await this.allowList.find(scheme, host, port)) === null) {
      throw new DomainError(
        'conflict',
        'egress/not-allowed',
        `${scheme}://${host}:${port} is not on the egress allow-list; an admin adds it with POST /api/admin/egress`,
      );
    }
    return this.database.run(async () => {
      const target = await this.targets.insert({
        name,
        url,
        intervalSeconds,
        labels: checked,
        createdBy: currentActor().name,
      });
      if (target === null)
        throw new DomainError(
          'conflict',
          'telemetry/target-taken',
          'A scrape target with this name or URL exists already',
        );
      await this.audit.record({
        action: 'scrape_target.created',
        subjectType: 'scrape_target',
        subjectId: target.id,
        after: { name, url, interval_seconds: intervalSeconds },
      });
      return target;
    });
  }

  /** Switches scraping on or off, or changes how often. Throws a not-found error. */
  change(id: number, change: { isEnabled?: boolean; intervalSeconds?: number }): Promise<ScrapeTarget> {
    return this.database.run(async () => {
      const before = await this.get(id);
      if (Object.keys(change).length === 0) return before;
      const { isEnabled, intervalSeconds } = before;
      await this.targets.update(id, change);
      await this.audit.record({
        action: 'scrape_target.updated',
        subjectType: 'scrape_target',
        subjectId: id,
        before: { isEnabled, intervalSeconds },
        after: change,
      });
      return this.get(id);
    });
  }

  /** Throws a not-found error. */
  remove(id: number): Promise<void> {
    return this.database.run(async () => {
      const { name, url } = await this.get(id);
      await this.targets.delete(id);
      await this.audit.record({
        action: 'scrape_target.deleted',
        subjectType: 'scrape_target',
        subjectId: id,
        before: { name, url },
      });
    });
  }

  /** Throws a not-found error. */
  async get(id: number): Promise<ScrapeTarget> {
    const target = await this.targets.find(id);
    if (target === null)
      throw new DomainError(
        'not_found',
        'telemetry/target-not-found',
        `Scrape target with ID ${id} not found`,
      );
    return target;
  }
}
