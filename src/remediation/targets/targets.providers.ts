import { TargetResolver } from '../policy/target-resolver.port';
import { BoundTargets } from './bound-targets.service';
import { TargetController } from './target.controller';
import { TargetRepository } from './target.repository';
import { TargetService } from './target.service';
import { TargetAdministration } from './target-administration.service';
import { TargetCheck } from './target-check.service';
import { TargetSecretRepository } from './target-secret.repository';
import { TargetSecrets } from './target-secrets.service';

export const TARGET_CONTROLLERS = [TargetController];

/** What can be acted on, and with which credentials. */
export const TARGET_PROVIDERS = [
  TargetRepository,
  TargetSecretRepository,
  TargetSecrets,
  TargetService,
  TargetAdministration,
  TargetCheck,
  { provide: TargetResolver, useClass: BoundTargets },
];
