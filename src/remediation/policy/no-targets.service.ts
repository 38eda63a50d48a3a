import { Injectable } from '@nestjs/common';

import { type TargetResolution, TargetResolver } from './target-resolver.port';

/** Where there is no inventory of targets, nothing is bound to anything. */
@Injectable()
export class NoTargets extends TargetResolver {
  resolve(): Promise<TargetResolution> {
    return Promise.resolve({ target: null, why: 'there are no targets yet' });
  }
}
