import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { DomainError } from '../../common/errors/domain-error';
import { PageRequest, paginate, Pagination } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { EventsService } from '../../events/events.service';
import { Series } from '../telemetry.types';
import { Labels } from './labels';
import { SampleRepository } from './sample.repository';
import { SeriesRepository } from './series.repository';
import { SeriesRegistry } from './series-registry.service';

export class SeriesNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'telemetry/series-not-found', `Series with ID ${id} not found`);
  }
}

export interface SeriesFilter {
  readonly name?: string;
  readonly search?: string;
  readonly labels?: Labels;
}

/** Which series there are. */
@Injectable()
export class SeriesService {
  constructor(
    private readonly series: SeriesRepository,
    private readonly registry: SeriesRegistry,
    private readonly samples: SampleRepository,
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly events: EventsService,
  ) {}

  /** Throws SeriesNotFound. */
  async get(id: number): Promise<Series> {
    const series = await this.series.find(id);
    if (series === null) throw new SeriesNotFound(id);
    return series;
  }

  /** Those of these series that exist. */
  findMany(ids: readonly number[]): Promise<Series[]> {
    return this.series.findMany(ids);
  }

  async list(
    filter: SeriesFilter,
    request: PageRequest,
  ): Promise<{ series: Series[]; pagination: Pagination }> {
    const [series, total] = await this.series.list(filter, request);
    return { series, pagination: paginate(request, total) };
  }

  /** Removes a series with its samples. Throws SeriesNotFound. Publishes series.deleted. */
  async delete(id: number): Promise<void> {
    await this.database.run(async () => {
      const { name, labels } = await this.get(id);
      await this.samples.deleteSeries(id);
      await this.series.delete(id);
      await this.audit.record({
        action: 'series.deleted',
        subjectType: 'series',
        subjectId: id,
        before: { name, labels },
      });
      await this.events.publish('series.deleted', { seriesId: id });
    });
    this.registry.forget(id);
  }
}
