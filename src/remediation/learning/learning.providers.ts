import { EffectivenessController } from './effectiveness.controller';
import { EffectivenessRepository } from './effectiveness.repository';
import { EffectivenessService } from './effectiveness.service';
import { SelfRecovery } from './self-recovery.service';

export const LEARNING_CONTROLLERS = [EffectivenessController];

/** What is made of verified outcomes. */
export const LEARNING_PROVIDERS = [EffectivenessRepository, EffectivenessService, SelfRecovery];
