import { RemediationTarget } from './targets/target.entity';
import { TargetSecret } from './targets/target-secret.entity';

export const REMEDIATION_ENTITIES = [RemediationTarget, TargetSecret];
