import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { RankingsQuery } from './learning.dto';
import { RankingResponse } from './ranking.response';
import { RemedyRanking } from './remedy-ranking.service';

@ApiTags('Remediation')
@Controller('api/remediation/rankings')
export class RankingController {
  constructor(private readonly ranking: RemedyRanking) {}

  @Get()
  @Requires('remediation:read')
  @ApiOperation({
    summary: 'Remedies of a kind of trouble, the one of which most is expected first',
    description:
      'By what was verified; the order of proposals also tries out what is little known, as far as the order of the rules can afford it.',
  })
  @Answers(200, { rankings: [RankingResponse] }, 400)
  async list(@Query() { anomaly_class, target_group }: RankingsQuery) {
    const standings = await this.ranking.standings(anomaly_class, target_group ?? null);
    return success({ rankings: standings.map((standing) => RankingResponse.from(standing)) });
  }
}
