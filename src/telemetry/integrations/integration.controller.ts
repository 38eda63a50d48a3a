import { Body, Controller, Delete, Get, Header, Param, Post, Put, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { Caller, Requires } from '../../auth/access';
import type { Principal } from '../../auth/principal';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { AddIntegrationDto, ChangeIntegrationDto } from './integration.dto';
import type { Integration } from './integration.entity';
import { IntegrationKindResponse, IntegrationResponse, SnippetResponse } from './integration.response';
import { IntegrationService, KeyedIntegration } from './integration.service';
import { snippetFor, SnippetPlace, snippetPlace } from './snippet';

@ApiTags('Integrations')
@Controller('api/integrations')
export class IntegrationController {
  constructor(private readonly integrations: IntegrationService) {}

  @Get()
  @Requires('integrations:read')
  @ApiOperation({
    summary: 'Integrations by name and how they are doing, and everything that can be plugged in',
  })
  @Answers(200, { integrations: [IntegrationResponse], kinds: [IntegrationKindResponse] })
  async list(@Req() request: FastifyRequest) {
    const integrations = await this.integrations.list();
    return success({
      integrations: integrations.map((one) => IntegrationResponse.from(one)),
      kinds: IntegrationKindResponse.all(integrations, placeOf(request)),
    });
  }

  @Get(':id')
  @Requires('integrations:read')
  @ApiOperation({ summary: 'One integration, with the configuration of its sender' })
  @Answers(200, { integration: IntegrationResponse, snippet: SnippetResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number, @Req() request: FastifyRequest) {
    const integration = await this.integrations.get(id);
    return success({
      integration: IntegrationResponse.from(integration),
      snippet: snippetFor(integration.kind, placeOf(request, integration)),
    });
  }

  @Post()
  @Header('cache-control', 'no-store')
  @Requires('integrations:manage', { isIdempotent: false })
  @ApiOperation({
    summary: 'Add an integration; `data.key` is shown this once, and stands in the snippet',
  })
  @Answers(201, { integration: IntegrationResponse, key: 'string', snippet: SnippetResponse }, 400, 409)
  async add(
    @Caller() caller: Principal,
    @Body() { name, kind, hmac_secret, mapping, events_per_5_minutes }: AddIntegrationDto,
    @Req() request: FastifyRequest,
  ) {
    const order = {
      name,
      kind,
      hmacSecret: hmac_secret,
      mapping,
      eventsPer5Minutes: events_per_5_minutes,
    };
    return success(
      withKey(await this.integrations.add(caller, order), request),
      'Integration created successfully',
    );
  }

  @Put(':id')
  @Requires('integrations:manage')
  @ApiOperation({ summary: 'Change an integration, or switch it on or off; what is left out stays' })
  @Answers(200, { integration: IntegrationResponse }, 400, 404, 409)
  async change(
    @Param('id', IdPipe) id: number,
    @Body() { name, is_enabled, hmac_secret, mapping, events_per_5_minutes }: ChangeIntegrationDto,
  ) {
    const integration = await this.integrations.change(id, {
      name,
      isEnabled: is_enabled,
      hmacSecret: hmac_secret,
      mapping,
      eventsPer5Minutes: events_per_5_minutes,
    });
    return success(
      { integration: IntegrationResponse.from(integration) },
      'Integration updated successfully',
    );
  }

  @Post(':id/key')
  @Header('cache-control', 'no-store')
  @Requires('integrations:manage', { isIdempotent: false })
  @ApiOperation({ summary: 'Give an integration a new key, shown this once; the one before ends at once' })
  @Answers(201, { integration: IntegrationResponse, key: 'string', snippet: SnippetResponse }, 400, 404)
  async renewKey(
    @Caller() caller: Principal,
    @Param('id', IdPipe) id: number,
    @Req() request: FastifyRequest,
  ) {
    return success(
      withKey(await this.integrations.renewKey(caller, id), request),
      'Key renewed successfully',
    );
  }

  @Delete(':id')
  @Requires('integrations:manage')
  @ApiOperation({ summary: 'Remove an integration: its key ends at once, what it has told stays' })
  @Answers(200, {}, 400, 404)
  async remove(@Param('id', IdPipe) id: number) {
    await this.integrations.remove(id);
    return success({}, `Integration with ID ${id} deleted successfully`);
  }
}

/** Of an integration, or of any where there is none yet. */
function placeOf(request: FastifyRequest, integration?: Integration, key?: string): SnippetPlace {
  return snippetPlace(request.protocol, request.host, {
    key,
    isSigned: (integration?.hmacSecret ?? null) !== null,
  });
}

function withKey({ integration, key }: KeyedIntegration, request: FastifyRequest) {
  return {
    integration: IntegrationResponse.from(integration),
    key,
    snippet: snippetFor(integration.kind, placeOf(request, integration, key)),
  };
}
