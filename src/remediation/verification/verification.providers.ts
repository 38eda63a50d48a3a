import { EvidenceRepository } from './evidence.repository';

/** Whether what was done has helped. */
export const VERIFICATION_PROVIDERS = [EvidenceRepository];
