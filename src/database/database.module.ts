import { DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EntitySchema, MixedList } from 'typeorm';

import { isDatabaseOutage } from '../common/errors/database-outage';
import { DatabaseConfig } from '../config/sections';
import { connectionOptions } from './connection-options';
import { Database } from './database';
import { ForeignReferences } from './foreign-references';
import { IdempotencyRepository } from './idempotency.repository';
import { Idempotency } from './idempotency.service';
import { Leadership } from './leadership';
import { RetentionClasses } from './retention-classes';
import { TableSizes } from './table-sizes';

@Global()
@Module({})
export class DatabaseModule {
  static of(url: string, entities: MixedList<string | (new () => object) | EntitySchema>): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [DatabaseConfig],
          useFactory: ({ poolSize }: DatabaseConfig) => ({
            ...connectionOptions(url, poolSize),
            entities,
            retryAttempts: 20,
            retryDelay: 1_000,
            toRetry: isDatabaseOutage,
          }),
        }),
      ],
      providers: [
        Database,
        ForeignReferences,
        Idempotency,
        IdempotencyRepository,
        Leadership,
        RetentionClasses,
        TableSizes,
      ],
      exports: [Database, ForeignReferences, Idempotency, Leadership, RetentionClasses, TableSizes],
    };
  }
}
