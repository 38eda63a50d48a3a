import { EffectivenessController } from './effectiveness.controller';
import { EffectivenessRepository } from './effectiveness.repository';
import { EffectivenessService } from './effectiveness.service';
import { LearningRepository } from './learning.repository';
import { RankingController } from './ranking.controller';
import { RemedyRanking } from './remedy-ranking.service';
import { SelfRecovery } from './self-recovery.service';

export const LEARNING_CONTROLLERS = [EffectivenessController, RankingController];

/** What is made of verified outcomes: the order of proposals, and how effective remedies are. */
export const LEARNING_PROVIDERS = [
  EffectivenessRepository,
  EffectivenessService,
  LearningRepository,
  RemedyRanking,
  SelfRecovery,
];
