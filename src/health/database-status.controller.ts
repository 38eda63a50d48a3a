import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../auth/access';
import { DatabaseConfig } from '../config/sections';
import { Database } from '../database/database';
import { TableSizes } from '../database/table-sizes';
import { DatabaseFactsReader } from './database-facts';
import { DatabaseStatusAnswer, DatabaseStatusResponse } from './database-status.response';
import { Readiness } from './readiness';

@ApiTags('Administration')
@Controller('database')
export class DatabaseStatusController {
  constructor(
    private readonly facts: DatabaseFactsReader,
    private readonly sizes: TableSizes,
    private readonly database: Database,
    private readonly settings: DatabaseConfig,
    private readonly readiness: Readiness,
  ) {}

  @Get('status')
  @Requires('system:manage')
  @ApiOperation({ summary: 'The database: its health, connections, size and what is in each table' })
  @ApiOkResponse({ type: DatabaseStatusAnswer })
  async status(): Promise<DatabaseStatusAnswer> {
    const [facts, tables, { migrated }] = await Promise.all([
      this.facts.read(),
      this.sizes.list(),
      this.readiness.database(),
    ]);
    const pool = { size: this.settings.poolSize, ...this.database.poolUsage() };
    const data = DatabaseStatusResponse.from(facts, tables, migrated === true, pool);
    return { status: 'success', ...data, data };
  }
}
