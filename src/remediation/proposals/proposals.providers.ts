import { ProposalController } from './proposal.controller';
import { ProposalService } from './proposal.service';
import { ProposalSubscriber } from './proposal.subscriber';
import { RollbackService } from './rollback.service';

export const PROPOSAL_CONTROLLERS = [ProposalController];

/** What makes actions of what rules choose. */
export const PROPOSAL_PROVIDERS = [ProposalService, ProposalSubscriber, RollbackService];
