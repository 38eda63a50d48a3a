import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';

import { Requires } from '../auth/access';
import { Answers } from '../common/http/answers';
import { success } from '../common/http/envelope';
import { IdPipe } from '../common/http/id.pipe';
import { Flag, Text } from '../common/validation/fields';
import { EgressRuleEntity } from './egress-rule.entity';
import { EgressRuleService } from './egress-rule.service';

class AllowDto {
  @Text(2_000, {
    description: 'Scheme, host and port count; a path is ignored',
    example: 'http://127.0.0.1:9100',
  })
  url: string;

  @Flag({
    required: false,
    description:
      'Let the host be in our own network or on this machine (default false: public addresses only)',
  })
  allow_private?: boolean;

  @Text(500, { required: false, example: 'node exporter on this machine' })
  note?: string;
}

class EgressRuleResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ enum: ['http', 'https'] }) scheme: string;
  @ApiProperty() host: string;
  @ApiProperty({ type: 'integer' }) port: number;
  @ApiProperty() allow_private: boolean;
  @ApiProperty({ type: String, nullable: true }) note: string | null;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: Date;

  static from(rule: EgressRuleEntity): EgressRuleResponse {
    const { id, scheme, host, port, allowPrivate, note, createdBy, createdAt } = rule;
    return {
      id,
      scheme,
      host,
      port,
      allow_private: allowPrivate,
      note,
      created_by: createdBy,
      created_at: createdAt,
    };
  }
}

@ApiTags('Administration')
@Controller('api/admin/egress')
export class EgressRuleController {
  constructor(private readonly rules: EgressRuleService) {}

  @Get()
  @Requires('egress:manage')
  @ApiOperation({ summary: 'The places that the product may call' })
  @Answers(200, { egress_rules: [EgressRuleResponse] })
  async list() {
    return success({ egress_rules: (await this.rules.list()).map((rule) => EgressRuleResponse.from(rule)) });
  }

  @Post()
  @Requires('egress:manage')
  @ApiOperation({ summary: 'Allow calls to exactly one scheme, host and port' })
  @Answers(201, { egress_rule: EgressRuleResponse }, 400, 409)
  async allow(@Body() { url, allow_private, note }: AllowDto) {
    const rule = await this.rules.allow(url, allow_private ?? false, note ?? null);
    return success({ egress_rule: EgressRuleResponse.from(rule) }, 'Egress rule created successfully');
  }

  @Delete(':id')
  @Requires('egress:manage')
  @ApiOperation({ summary: 'Forbid calls to a place, from the next one on' })
  @Answers(200, {}, 400, 404)
  async forbid(@Param('id', IdPipe) id: number) {
    await this.rules.forbid(id);
    return success({}, `Egress rule with ID ${id} deleted successfully`);
  }
}
