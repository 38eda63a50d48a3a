import { Body, Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { MaintenanceWindowDto } from './maintenance-window.dto';
import { MaintenanceWindowResponse } from './maintenance-window.response';
import { MaintenanceWindowService } from './maintenance-window.service';
import { requestedWindowOf } from './maintenance-window-request.dto';

@ApiTags('Maintenance')
@Controller('api/maintenance-windows')
export class MaintenanceWindowController {
  constructor(private readonly windows: MaintenanceWindowService) {}

  @Get()
  @Requires('alerts:read')
  @ApiOperation({ summary: 'Maintenance windows by name, each with its current and its next time' })
  @Answers(200, { windows: [MaintenanceWindowResponse] })
  async list() {
    const windows = await this.windows.list();
    return success({ windows: windows.map((window) => MaintenanceWindowResponse.from(window)) });
  }

  @Post()
  @Requires('silences:manage')
  @ApiOperation({
    summary: 'Plan maintenance, once or every week',
    description:
      'While it is in force, what its matchers accept opens no anomaly. What fires still when it ends opens one then; what recovered meanwhile never does.',
  })
  @Answers(201, { window: MaintenanceWindowResponse }, 400, 409)
  async create(@Body() body: MaintenanceWindowDto) {
    const window = await this.windows.create(requestedWindowOf(body));
    return success(
      { window: MaintenanceWindowResponse.from(window) },
      'Maintenance window created successfully',
    );
  }

  @Get(':id')
  @Requires('alerts:read')
  @ApiOperation({ summary: 'One maintenance window' })
  @Answers(200, { window: MaintenanceWindowResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ window: MaintenanceWindowResponse.from(await this.windows.get(id)) });
  }

  @Put(':id')
  @Requires('silences:manage')
  @ApiOperation({ summary: 'Replace a maintenance window' })
  @Answers(200, { window: MaintenanceWindowResponse }, 400, 404, 409)
  async change(@Param('id', IdPipe) id: number, @Body() body: MaintenanceWindowDto) {
    const window = await this.windows.change(id, requestedWindowOf(body));
    return success(
      { window: MaintenanceWindowResponse.from(window) },
      'Maintenance window updated successfully',
    );
  }

  @Delete(':id')
  @Requires('silences:manage')
  @ApiOperation({
    summary: 'Remove a maintenance window; what fires still is told of within seconds',
    description: 'Refused where something refers to it, as a standing schedule does that is silent in it.',
  })
  @Answers(200, {}, 400, 404, 409)
  async remove(@Param('id', IdPipe) id: number) {
    await this.windows.remove(id);
    return success({}, `Maintenance window with ID ${id} deleted successfully`);
  }
}
