import 'reflect-metadata';

import {
  Body,
  CallHandler,
  ClassSerializerInterceptor,
  Controller,
  ExecutionContext,
  Get,
  Injectable,
  Module,
  NestInterceptor,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  Query,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { InjectDataSource, InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { Exclude, Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsObject, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { types } from 'pg';
import { map, Observable } from 'rxjs';
import {
  Column,
  CreateDateColumn,
  DataSource,
  Entity,
  IsNull,
  PrimaryGeneratedColumn,
  Repository,
  UpdateDateColumn,
} from 'typeorm';

/**
 * Baseline: the same three routes as the guides of Nest and TypeORM show them. Entities are answers (ClassSerializerInterceptor), an
 * interceptor wraps them in the envelope, the ValidationPipe checks class-validator DTOs, lists are `findAndCount`, writes are `save` in
 * a transaction that writes the rows that the product writes. On Fastify, which is faster than the default Express. No authentication,
 * no log, no metrics, no security headers.
 *
 *   PORT=… DATABASE_URL=… node nest-typeorm-common.js
 */
const INT8 = 20;
types.setTypeParser(INT8, Number);

@Entity('anomalies')
class AnomalyEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id: number;
  @Column('text') title: string;
  @Column('text') description: string;
  @Column('text') severity: string;
  @Column('text') status: string;
  @Column('double precision') anomaly_score: number;
  @Column('double precision') confidence: number;
  @Column('text') source: string;
  @CreateDateColumn({ type: 'timestamptz' }) created_at: Date;
  @UpdateDateColumn({ type: 'timestamptz' }) updated_at: Date;
  @Column('integer', { default: 1 }) version: number;
  @Column('text', { nullable: true }) explanation: string | null;
  @Column('jsonb', { nullable: true }) metrics_data: object | null;
  @Column('text', { nullable: true }) created_by: string | null;
  @Column('text', { nullable: true }) acknowledged_by: string | null;
  @Column('timestamptz', { nullable: true }) acknowledged_at: Date | null;
  @Column('text', { nullable: true }) resolved_by: string | null;
  @Column('timestamptz', { nullable: true }) resolved_at: Date | null;
  @Column('text', { nullable: true }) dismissed_by: string | null;
  @Column('timestamptz', { nullable: true }) dismissed_at: Date | null;
  @Column('text', { nullable: true }) resolution: string | null;
  @Column('text', { nullable: true }) root_cause: string | null;
  @Column('bigint', { nullable: true }) series_id: number | null;
  @Column('timestamptz', { nullable: true }) onset_at: Date | null;
  @Column('timestamptz', { nullable: true }) last_seen_at: Date | null;
  @Column('jsonb', { nullable: true }) metric: object | null;
  @Exclude() @Column('timestamptz', { nullable: true }) deleted_at: Date | null;
}

@Entity('anomaly_history')
class HistoryEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id: number;
  @Column('bigint') anomaly_id: number;
  @Column('text') event: string;
  @Column('text') actor_kind: string;
  @Column('bigint', { nullable: true }) actor_id: number | null;
  @Column('text') actor_name: string;
  @Column('text') to_status: string;
}

@Entity('audit_log')
class AuditEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id: number;
  @Column('text') actor_kind: string;
  @Column('bigint', { nullable: true }) actor_id: number | null;
  @Column('text') actor_name: string;
  @Column('text') action: string;
  @Column('text') subject_type: string;
  @Column('text', { nullable: true }) subject_id: string | null;
  @Column('jsonb', { nullable: true }) after: object | null;
}

class CreateAnomalyDto {
  @IsString() @MaxLength(200) title: string;
  @IsString() @MaxLength(10_000) description: string;
  @IsIn(['low', 'medium', 'high', 'critical']) severity: string;
  @IsNumber() @Min(0) @Max(1) anomaly_score: number;
  @IsNumber() @Min(0) @Max(1) confidence: number;
  @IsOptional() @IsString() @MaxLength(100) source?: string;
  @IsOptional() @IsString() @MaxLength(10_000) explanation?: string;
  @IsOptional() @IsObject() metrics_data?: object;
}

class ListAnomaliesDto {
  @IsOptional() @IsString() @MaxLength(20) status?: string;
  @IsOptional() @IsString() @MaxLength(20) severity?: string;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) page = 1;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100) per_page = 20;
}

@Injectable()
class AnomalyService {
  constructor(
    @InjectRepository(AnomalyEntity) private readonly anomalies: Repository<AnomalyEntity>,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {}

  async get(id: number): Promise<AnomalyEntity> {
    const anomaly = await this.anomalies.findOne({ where: { id, deleted_at: IsNull() } });
    if (anomaly === null) throw new NotFoundException(`Anomaly with ID ${id} not found`);
    return anomaly;
  }

  async list({ status, severity, page, per_page }: ListAnomaliesDto) {
    const [anomalies, total] = await this.anomalies.findAndCount({
      where: { deleted_at: IsNull(), ...(status && { status }), ...(severity && { severity }) },
      order: { id: 'DESC' },
      take: per_page,
      skip: (page - 1) * per_page,
    });
    return { anomalies, pagination: { page, per_page, total, pages: Math.ceil(total / per_page) } };
  }

  create(dto: CreateAnomalyDto): Promise<AnomalyEntity> {
    return this.dataSource.transaction(async (manager) => {
      const anomaly = await manager.save(
        manager.create(AnomalyEntity, { source: 'manual', ...dto, status: 'open', created_by: 'admin' }),
      );
      await manager.save(
        manager.create(HistoryEntity, {
          anomaly_id: anomaly.id,
          event: 'opened',
          actor_kind: 'user',
          actor_id: 1,
          actor_name: 'admin',
          to_status: anomaly.status,
        }),
      );
      const { title, severity, status, source } = anomaly;
      await manager.save(
        manager.create(AuditEntity, {
          actor_kind: 'user',
          actor_id: 1,
          actor_name: 'admin',
          action: 'anomaly.created',
          subject_type: 'anomaly',
          subject_id: String(anomaly.id),
          after: { title, severity, status, source },
        }),
      );
      return anomaly;
    });
  }
}

@Controller('api/anomalies')
class AnomalyController {
  constructor(private readonly anomalies: AnomalyService) {}

  @Get()
  list(@Query() query: ListAnomaliesDto) {
    return this.anomalies.list(query);
  }

  @Get(':id')
  async get(@Param('id', ParseIntPipe) id: number) {
    return { anomaly: await this.anomalies.get(id) };
  }

  @Post()
  async create(@Body() body: CreateAnomalyDto) {
    return { anomaly: await this.anomalies.create(body) };
  }
}

@Injectable()
class EnvelopeInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<object>): Observable<object> {
    return next.handle().pipe(map((data) => ({ status: 'success', data })));
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL,
      poolSize: 16,
      entities: [AnomalyEntity, HistoryEntity, AuditEntity],
    }),
    TypeOrmModule.forFeature([AnomalyEntity]),
  ],
  controllers: [AnomalyController],
  providers: [AnomalyService],
})
class CommonModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(CommonModule, new FastifyAdapter(), {
    logger: false,
  });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
  app.useGlobalInterceptors(new EnvelopeInterceptor(), new ClassSerializerInterceptor(app.get(Reflector)));
  await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
}

void main();
