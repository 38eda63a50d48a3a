import { DynamicModule, Global, Module } from '@nestjs/common';
import type { Logger } from 'pino';

import { Log } from './log';
import { LogTail } from './log-tail';
import { Metrics } from './metrics';

@Global()
@Module({})
export class ObservabilityModule {
  static of(logger: Logger, tail: LogTail): DynamicModule {
    return {
      module: ObservabilityModule,
      providers: [Metrics, { provide: Log, useValue: new Log(logger) }, { provide: LogTail, useValue: tail }],
      exports: [Metrics, Log, LogTail],
    };
  }
}
