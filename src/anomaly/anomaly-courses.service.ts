import { Injectable } from '@nestjs/common';

import type { AnomalyCourse } from './anomaly.types';
import { readAnomalyClass } from './anomaly-class';
import { AnomalyCourseRepository } from './anomaly-course.repository';

/** What later stages may know of how anomalies go: how long they last, and how they end. */
@Injectable()
export class AnomalyCourses {
  constructor(private readonly courses: AnomalyCourseRepository) {}

  /**
   * How the latest 1,000 anomalies of each class went that were made within 180 days; what was deleted is among them. One that was reopened counts
   * once, from its latest opening to the first end after it. Classes that only say who reported have none.
   */
  async listOf(anomalyClasses: readonly string[]): Promise<ReadonlyMap<string, readonly AnomalyCourse[]>> {
    const asked = anomalyClasses.flatMap((name) => {
      const parts = readAnomalyClass(name);
      return parts === null ? [] : [{ name, parts }];
    });
    if (asked.length === 0) return new Map();
    const courses = await this.courses.listOf(asked.map(({ parts }) => parts));
    return new Map(asked.map(({ name }, index) => [name, courses[index]]));
  }

  /** When an anomaly last opened before a time; null where its history says nothing of that any more. */
  findOpening(anomalyId: number, before: Date): Promise<Date | null> {
    return this.courses.findOpening(anomalyId, before);
  }
}
