import 'reflect-metadata';

import helmet from '@fastify/helmet';
import {
  Body,
  CallHandler,
  ClassSerializerInterceptor,
  ConsoleLogger,
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
  Req,
  ValidationPipe,
} from '@nestjs/common';
import { APP_GUARD, NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { InjectDataSource, InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsObject, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { types } from 'pg';
import { map, Observable } from 'rxjs';
import { DataSource, IsNull, Repository } from 'typeorm';

import { JwtGuard, type SignedInRequest, ThrottlerGuard } from './access';
import { AnomalyEntity, AuditEntity, HistoryEntity, UserEntity } from './entities';
import { LoggingInterceptor } from './logging';

/**
 * Baseline: the same three routes as the guides of Nest and TypeORM show them, with what the product does for these requests done in the
 * usual manner:
 *
 * - entities are answers (ClassSerializerInterceptor), an interceptor wraps them in the envelope, the ValidationPipe checks DTOs;
 * - lists are `findAndCount`; a write is `save` of anomaly, history and audit row in one transaction; the tables have the indexes that one
 *   gives to single columns (entities.ts), and nothing is kept by triggers;
 * - a guard verifies the bearer token and loads its user, as a passport strategy does, so that a disabled account is refused at once;
 * - a second one counts requests in memory (access.ts), as a throttler does;
 * - an interceptor measures each request and writes its line with Nest's own JSON logger; helmet and CORS as their guides register them.
 *
 * On Fastify, which is faster than the default Express. What the product does besides (statistics, the audit chain, events, idempotency
 * keys, limits shared by processes) is left out.
 *
 *   PORT=… DATABASE_URL=… JWT_SECRET=… node common/server.js
 */
const INT8 = 20;
types.setTypeParser(INT8, Number);

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

  create(dto: CreateAnomalyDto, user: UserEntity): Promise<AnomalyEntity> {
    return this.dataSource.transaction(async (manager) => {
      const anomaly = await manager.save(
        manager.create(AnomalyEntity, {
          source: 'manual',
          ...dto,
          status: 'open',
          created_by: user.username,
        }),
      );
      await manager.save(
        manager.create(HistoryEntity, {
          anomaly_id: anomaly.id,
          event: 'opened',
          actor_kind: 'user',
          actor_id: user.id,
          actor_name: user.username,
          to_status: anomaly.status,
        }),
      );
      const { title, severity, status, source } = anomaly;
      await manager.save(
        manager.create(AuditEntity, {
          actor_kind: 'user',
          actor_id: user.id,
          actor_name: user.username,
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
  async create(@Body() body: CreateAnomalyDto, @Req() { user }: SignedInRequest) {
    return { anomaly: await this.anomalies.create(body, user) };
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
      entities: [AnomalyEntity, HistoryEntity, AuditEntity, UserEntity],
    }),
    TypeOrmModule.forFeature([AnomalyEntity, UserEntity]),
  ],
  controllers: [AnomalyController],
  providers: [
    AnomalyService,
    { provide: APP_GUARD, useClass: JwtGuard },
    { provide: APP_GUARD, useClass: ThrottlerGuard },
  ],
})
class CommonModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(CommonModule, new FastifyAdapter(), {
    logger: new ConsoleLogger({ json: true }),
  });
  await app.register(helmet);
  app.enableCors({ origin: ['http://localhost:3000'], credentials: true });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
  app.useGlobalInterceptors(
    new LoggingInterceptor(),
    new EnvelopeInterceptor(),
    new ClassSerializerInterceptor(app.get(Reflector)),
  );
  await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
}

void main();
