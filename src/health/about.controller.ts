import { Controller, Get } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';

import { Public, Requires } from '../auth/access';
import { Answers } from '../common/http/answers';
import { success } from '../common/http/envelope';
import { Clock } from '../common/time/clock';
import { variablesOf } from '../config/environment';
import { ENVIRONMENT } from '../config/environment-name';
import { SECTIONS, ServerConfig } from '../config/sections';
import { VERSION } from '../config/version';
import {
  ConfigSectionResponse,
  InfoResponse,
  VersionAnswer,
  VersionResponse,
  WelcomeResponse,
} from './about.response';
import { readBuildInfo } from './build-info';
import { describeSettings, sectionName } from './config-description';
import { ProductMap } from './product-map';
import { uptimeText } from './uptime-text';

const NAME = 'SmartCloudOps AI';
const DESCRIPTION =
  'The closed loop of operations: telemetry in, anomalies found, explained, remedied under control, verified, judged and learnt from';

/** What runs here. */
@ApiTags('Health')
@Controller()
export class AboutController {
  private readonly build = readBuildInfo();

  constructor(
    private readonly map: ProductMap,
    private readonly server: ServerConfig,
    private readonly clock: Clock,
    private readonly modules: ModuleRef,
  ) {}

  @Get()
  @Public()
  @ApiOperation({ summary: 'What this is, what it can do, and where' })
  @ApiOkResponse({ type: WelcomeResponse })
  welcome(): WelcomeResponse {
    return {
      name: NAME,
      version: VERSION,
      status: 'operational',
      features: this.map.features(),
      endpoints: this.map.endpoints(),
    };
  }

  @Get('api/version')
  @Public()
  @ApiOperation({ summary: 'The version, and the commit and time that it was built from' })
  @ApiOkResponse({ type: VersionAnswer })
  version(): VersionAnswer {
    const data: VersionResponse = {
      version: VERSION,
      api_version: 'v1',
      build_date: this.build.builtAt?.toISOString() ?? null,
      commit_hash: this.build.commitHash,
      environment: ENVIRONMENT,
    };
    return { status: 'success', ...data, data };
  }

  @Get('api/info')
  @Public()
  @ApiOperation({ summary: 'The running process and what it offers' })
  @Answers(200, { info: InfoResponse })
  info() {
    const info: InfoResponse = {
      name: NAME,
      description: DESCRIPTION,
      version: VERSION,
      environment: ENVIRONMENT,
      started_at: new Date(this.clock.now().getTime() - process.uptime() * 1_000).toISOString(),
      uptime: uptimeText(process.uptime()),
      role: this.server.role,
      node_version: process.version,
      platform: `${process.platform}-${process.arch}`,
      features: this.map.features(),
      endpoints: this.map.endpoints(),
    };
    return success({ info });
  }

  @Get('api/config')
  @Requires('system:manage')
  @ApiOperation({ summary: 'The configuration in use; secrets show only whether they are set' })
  @Answers(200, { config: [ConfigSectionResponse] })
  config() {
    const config = SECTIONS.map((section): ConfigSectionResponse => {
      const values = this.modules.get<object>(section, { strict: false });
      return { section: sectionName(section.name), settings: describeSettings(variablesOf(section), values) };
    });
    return success({ config });
  }
}
