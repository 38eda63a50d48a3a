import { Alert } from './alerts/alert.entity';
import { Silence } from './alerts/silence.entity';
import { ChangeEventEntity } from './changes/change-event.entity';
import { ScrapeTarget } from './collectors/scrape-target.entity';
import { Heartbeat } from './heartbeats/heartbeat.entity';
import { Integration } from './integrations/integration.entity';
import { SampleImport } from './metrics/sample-import.entity';
import { SeriesEntity } from './metrics/series.entity';
import { SeriesDeletion } from './metrics/series-deletion.entity';
import { QuarantinedEvent } from './quarantine/quarantined-event.entity';

/**
 * Batches, chunks, changes of alerts, cursors, and what is remembered of deliveries have no entities: they are only ever touched by the
 * statements of their repositories.
 */
export const TELEMETRY_ENTITIES = [
  SeriesEntity,
  SeriesDeletion,
  SampleImport,
  ScrapeTarget,
  Alert,
  Silence,
  Integration,
  QuarantinedEvent,
  ChangeEventEntity,
  Heartbeat,
];
