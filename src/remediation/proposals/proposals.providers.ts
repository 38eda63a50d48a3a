import { ProposalController } from './proposal.controller';
import { ProposalService } from './proposal.service';
import { ProposalCursorRepository } from './proposal-cursor.repository';
import { ProposalFeed } from './proposal-feed.service';

export const PROPOSAL_CONTROLLERS = [ProposalController];

/** What makes actions of what rules choose. */
export const PROPOSAL_PROVIDERS = [ProposalService, ProposalCursorRepository, ProposalFeed];
