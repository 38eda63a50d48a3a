import { AnomalyComment } from './anomaly-comment.entity';
import { AnomalyHistoryEntry } from './anomaly-history.entity';
import { Anomaly } from './anomaly.entity';

export const ANOMALY_ENTITIES = [Anomaly, AnomalyHistoryEntry, AnomalyComment];
