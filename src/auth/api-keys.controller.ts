import { Body, Controller, Delete, Get, Header, Param, Post, Query } from '@nestjs/common';
import { ApiExcludeController, ApiOperation, ApiTags } from '@nestjs/swagger';

import { Answers } from '../common/http/answers';
import { type Envelope, success } from '../common/http/envelope';
import { IdPipe } from '../common/http/id.pipe';
import { CursorQuery, Pagination } from '../common/http/pagination';
import { Caller, Requires } from './access';
import { ApiKeyResponse } from './api-key.response';
import { CreateApiKeyRequest } from './api-keys.dto';
import { ApiKeysService } from './api-keys.service';
import { idPage, paginateById } from './id-page';
import type { Principal } from './principal';

@ApiTags('Auth')
@Controller('api/auth/keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Post()
  @Header('cache-control', 'no-store')
  @Requires('keys:manage', { isIdempotent: false })
  @ApiOperation({ summary: 'Create an API key; `data.key` is shown this once' })
  @Answers(201, { api_key: ApiKeyResponse, key: 'string' }, 400)
  async create(
    @Caller() caller: Principal,
    @Body() body: CreateApiKeyRequest,
  ): Promise<Envelope<{ api_key: ApiKeyResponse; key: string }>> {
    const { name, scopes, expires_at: expiry } = body;
    const { row, key } = await this.keys.create(caller, {
      name,
      scopes,
      expiresAt: expiry === undefined ? null : new Date(expiry),
    });
    return success({ api_key: ApiKeyResponse.from(row), key }, 'API key created successfully');
  }

  @Get()
  @Requires('keys:manage')
  @ApiOperation({ summary: 'List API keys, newest first, revoked ones included' })
  @Answers(200, { api_keys: [ApiKeyResponse], pagination: Pagination }, 400)
  async list(
    @Query() query: CursorQuery,
  ): Promise<Envelope<{ api_keys: ApiKeyResponse[]; pagination: Pagination }>> {
    const page = idPage(query);
    const [keys, total] = await this.keys.list(page);
    return success({
      api_keys: keys.map((key) => ApiKeyResponse.from(key)),
      pagination: paginateById(page, keys, total),
    });
  }

  @Delete(':id')
  @Requires('keys:manage')
  @ApiOperation({ summary: 'Revoke an API key for good' })
  @Answers(200, { api_key: ApiKeyResponse }, 400, 404)
  async revoke(@Param('id', IdPipe) id: number): Promise<Envelope<{ api_key: ApiKeyResponse }>> {
    return success(
      { api_key: ApiKeyResponse.from(await this.keys.revoke(id)) },
      'API key revoked successfully',
    );
  }
}

/** The same routes at their older place. */
@ApiExcludeController()
@Controller('auth/keys')
export class ApiKeysAliasController extends ApiKeysController {}
