import { Alert } from './alerts/alert.entity';
import { Silence } from './alerts/silence.entity';
import { ScrapeTarget } from './collectors/scrape-target.entity';
import { SampleImport } from './metrics/sample-import.entity';
import { SeriesEntity } from './metrics/series.entity';
import { SeriesDeletion } from './metrics/series-deletion.entity';

/**
 * Batches, chunks, changes and cursors have no entities: they are only ever touched by the statements of `sample.repository.ts` and
 * `alert-change.repository.ts`.
 */
export const TELEMETRY_ENTITIES = [SeriesEntity, SeriesDeletion, SampleImport, ScrapeTarget, Alert, Silence];
