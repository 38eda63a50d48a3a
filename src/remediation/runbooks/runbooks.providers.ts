import { RunbookController } from './runbook.controller';
import { RunbookRepository } from './runbook.repository';
import { RunbookService } from './runbook.service';

export const RUNBOOK_PROVIDERS = [RunbookRepository, RunbookService];
export const RUNBOOK_CONTROLLERS = [RunbookController];
