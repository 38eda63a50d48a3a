import { DetectorEntity } from './detection/detector.entity';

export const ML_ENTITIES = [DetectorEntity];
