import { ScrapeTarget } from './collectors/scrape-target.entity';
import { SampleImport } from './metrics/sample-import.entity';
import { SeriesEntity } from './metrics/series.entity';
import { SeriesDeletion } from './metrics/series-deletion.entity';

/** Batches, chunks and cursors have no entities: they are only ever touched by the statements of `sample.repository.ts`. */
export const TELEMETRY_ENTITIES = [SeriesEntity, SeriesDeletion, SampleImport, ScrapeTarget];
