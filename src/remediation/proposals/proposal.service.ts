import { Injectable } from '@nestjs/common';
@Injectable()
export class ProposalService {
  consider(_id: number): Promise<void> {
    return Promise.resolve();
  }
}
