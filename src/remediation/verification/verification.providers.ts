import { EvidenceRepository } from './evidence.repository';
import { EvidenceRetention } from './evidence-retention.service';
import { MeasurementReader } from './measurement-reader.service';
import { SymptomChooser } from './symptom-chooser.service';
import { VerificationController } from './verification.controller';
import { VerificationRepository } from './verification.repository';
import { VerificationService } from './verification.service';
import { VerificationWatch } from './verification-watch.service';

export const VERIFICATION_CONTROLLERS = [VerificationController];

/** Whether what was done has helped. */
export const VERIFICATION_PROVIDERS = [
  EvidenceRepository,
  EvidenceRetention,
  MeasurementReader,
  SymptomChooser,
  VerificationRepository,
  VerificationService,
  VerificationWatch,
];
