import { Global, Module } from '@nestjs/common';

import { AuditService } from './audit.service';
import { AuditChainRepository } from './audit-chain.repository';
import { AuditCheckpoints } from './audit-checkpoints';
import { AuditCutRepository } from './audit-cut.repository';
import { AuditMetrics } from './audit-metrics';
import { AuditRetention } from './audit-retention';
import { AuditSealer } from './audit-sealer';
import { AuditTrailService } from './audit-trail.service';
import { AuditVerifier } from './audit-verifier';
import { CheckpointFile } from './checkpoint-file';
import { RecordedPurges } from './recorded-purges.service';

/** Who did what, and the proof that it still stands as it was written. */
@Global()
@Module({
  providers: [
    AuditService,
    AuditTrailService,
    AuditChainRepository,
    AuditCutRepository,
    AuditRetention,
    AuditSealer,
    AuditCheckpoints,
    AuditMetrics,
    AuditVerifier,
    CheckpointFile,
    RecordedPurges,
  ],
  exports: [AuditService, AuditTrailService, AuditVerifier, RecordedPurges],
})
export class AuditModule {}
