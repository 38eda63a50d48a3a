import { LearningRepository } from './learning.repository';
import { RankingController } from './ranking.controller';
import { RemedyRanking } from './remedy-ranking.service';

export const LEARNING_CONTROLLERS = [RankingController];

/** What is made of verified outcomes: the order of proposals, and how effective remedies are. */
export const LEARNING_PROVIDERS = [LearningRepository, RemedyRanking];
