import { Anomaly } from './anomaly.entity';
import { AnomalyComment } from './anomaly-comment.entity';
import { AnomalyHistoryEntry } from './anomaly-history.entity';

export const ANOMALY_ENTITIES = [Anomaly, AnomalyHistoryEntry, AnomalyComment];
