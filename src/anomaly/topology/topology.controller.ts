import { Body, Controller, Delete, Get, Put } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { Field } from '../../common/validation/fields';
import type { Dependencies } from './topology';
import { TopologyService } from './topology.service';

const MAX_DEPENDENCIES = 10_000;
const MAX_NAME = 200;

function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= MAX_NAME &&
    value.isWellFormed() &&
    !value.includes('\0')
  );
}

function dependenciesRule(value: unknown, field: string): string | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isObject ? Object.entries(value) : [];
  const isValid =
    isObject &&
    entries.every(
      ([service, direct]) =>
        isName(service) &&
        Array.isArray(direct) &&
        direct.every(isName) &&
        new Set(direct).size === direct.length,
    );
  if (!isValid)
    return `${field} must be an object of services, each with a list of different names of those that it depends on`;
  const count = entries.reduce((sum, [, direct]) => sum + (direct as string[]).length, 0);
  return count <= MAX_DEPENDENCIES ? null : `${field} must be at most ${MAX_DEPENDENCIES} in all`;
}

const EXAMPLE = { checkout: ['db', 'cache'], search: ['db'] };
const SCHEMA = {
  type: 'object',
  additionalProperties: { type: 'array', items: { type: 'string', maxLength: MAX_NAME } },
} as const;

class TopologyDto {
  @Field(dependenciesRule, SCHEMA, {
    description: 'Each service, as its label `service` names it, with those that it depends on',
    example: EXAMPLE,
  })
  dependencies: Record<string, string[]>;
}

class TopologyResponse {
  @ApiProperty({ ...SCHEMA, example: EXAMPLE })
  dependencies: Record<string, readonly string[]>;

  static from(dependencies: Dependencies): TopologyResponse {
    return { dependencies: Object.fromEntries(dependencies) };
  }
}

@ApiTags('Incidents')
@Controller('api/topology')
export class TopologyController {
  constructor(private readonly topology: TopologyService) {}

  @Get()
  @Requires('alerts:read')
  @ApiOperation({ summary: 'Which service depends on which' })
  @Answers(200, { topology: TopologyResponse })
  async get() {
    return success({ topology: TopologyResponse.from(await this.topology.get()) });
  }

  @Put()
  @Requires('silences:manage')
  @ApiOperation({
    summary: 'Say which service depends on which, in the place of all that was said before',
    description:
      'An anomaly of a service joins the incident of one that it depends on, and is inhibited while that has an active anomaly that is no less severe.',
  })
  @Answers(200, { topology: TopologyResponse }, 400)
  async replace(@Body() { dependencies }: TopologyDto) {
    const stated = await this.topology.replace(new Map(Object.entries(dependencies)));
    return success({ topology: TopologyResponse.from(stated) }, 'Topology updated successfully');
  }

  @Delete()
  @Requires('silences:manage')
  @ApiOperation({ summary: 'Forget which service depends on which' })
  @Answers(200, {})
  async clear() {
    await this.topology.replace(new Map());
    return success({}, 'Topology deleted successfully');
  }
}
