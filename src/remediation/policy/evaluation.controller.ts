import { Body, Controller, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { InvalidInput } from '../../common/errors/domain-error';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { RemedyRanking } from '../learning/remedy-ranking.service';
import { factsOfDescribed } from './anomaly-facts';
import type { Choice } from './choice';
import { EvaluateDto } from './evaluation.dto';
import { EvaluationResponse } from './evaluation.response';
import { RemediationRules } from './remediation-rules.service';

@ApiTags('Remediation')
@Controller('api/remediation/evaluate')
export class EvaluationController {
  constructor(
    private readonly rules: RemediationRules,
    private readonly ranking: RemedyRanking,
  ) {}

  @Post()
  @Requires('remediation:propose')
  @ApiOperation({
    summary: 'See what would be chosen for an anomaly, and why; nothing is proposed or done',
  })
  @Answers(200, { evaluation: EvaluationResponse }, 400, 404)
  async evaluate(@Body() body: EvaluateDto) {
    const choice = await this.choose(body);
    const ranked = await this.ranking.rank(choice.facts, choice.remedies);
    return success({ evaluation: EvaluationResponse.from(choice, ranked) });
  }

  private choose({ anomaly_id: id, anomaly }: EvaluateDto): Promise<Choice> {
    if (id !== undefined && anomaly !== undefined)
      throw new InvalidInput('Give either anomaly_id or anomaly');
    if (id !== undefined) return this.rules.chooseFor(id);
    if (anomaly === undefined) throw new InvalidInput('Invalid anomaly data: missing: anomaly_id or anomaly');
    const described = factsOfDescribed(anomaly);
    if ('problem' in described) throw new InvalidInput(described.problem);
    return this.rules.choose(described.facts);
  }
}
