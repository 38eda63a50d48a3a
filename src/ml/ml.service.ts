import { Injectable } from '@nestjs/common';

import { DetectionService } from './detection/detection.service';
import { FindingsPort } from './findings.port';

/** The face of ml: what is unusual, and how sure we are. */
@Injectable()
export class MlService {
  constructor(private readonly detection: DetectionService) {}

  /** Has findings told to the module that keeps them; before the application starts. */
  report(to: FindingsPort): void {
    this.detection.reportTo(to);
  }
}
