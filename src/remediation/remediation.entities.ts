import { RemediationRule } from './policy/rule.entity';
import { Runbook } from './runbooks/runbook.entity';
import { RunbookVersion } from './runbooks/runbook-version.entity';

export const REMEDIATION_ENTITIES = [Runbook, RunbookVersion, RemediationRule];
