import { TargetRepository } from './target.repository';
import { TargetService } from './target.service';
import { TargetAdministration } from './target-administration.service';
import { TargetCheck } from './target-check.service';
import { TargetSecretRepository } from './target-secret.repository';
import { TargetSecrets } from './target-secrets.service';

/** What can be acted on, and with which credentials. */
export const TARGET_PROVIDERS = [
  TargetRepository,
  TargetSecretRepository,
  TargetSecrets,
  TargetService,
  TargetAdministration,
  TargetCheck,
];
