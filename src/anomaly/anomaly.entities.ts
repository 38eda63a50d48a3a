import { Anomaly } from './anomaly.entity';
import { AnomalyComment } from './anomaly-comment.entity';
import { AnomalyHistoryEntry } from './anomaly-history.entity';
import { Incident } from './incidents/incident.entity';
import { IncidentHistoryEntry } from './incidents/incident-history.entity';
import { InhibitionRule } from './inhibition/inhibition-rule.entity';
import { MaintenanceWindow } from './suppression/maintenance-window.entity';

export const ANOMALY_ENTITIES = [
  Anomaly,
  AnomalyHistoryEntry,
  AnomalyComment,
  Incident,
  IncidentHistoryEntry,
  MaintenanceWindow,
  InhibitionRule,
];
