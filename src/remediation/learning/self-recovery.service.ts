import { Injectable } from '@nestjs/common';

import { AnomalyCourses } from '../../anomaly/anomaly-courses.service';
import { EffectivenessRepository } from './effectiveness.repository';
import { leftAlone, selfRecoveryOf } from './self-recovery';
import { kaplanMeier, type Survival } from './survival';

/** How trouble goes by itself, where nobody does anything about it: what remedies are compared with. */
@Injectable()
export class SelfRecovery {
  constructor(
    private readonly courses: AnomalyCourses,
    private readonly remedies: EffectivenessRepository,
  ) {}

  /** How likely an anomaly of a class and age recovers by itself within a time, from 0 to 1; null where fewer than five were seen at that age, or none for as long. */
  async probability(
    anomalyClass: string,
    ageSeconds: number,
    horizonSeconds: number,
  ): Promise<number | null> {
    const survival = (await this.survivalOf([anomalyClass])).get(anomalyClass);
    if (survival === undefined) return null;
    return selfRecoveryOf(survival, ageSeconds, horizonSeconds)?.probability ?? null;
  }

  /** How long the trouble of an anomaly had gone on at a time, from its latest opening before that; null where its history does not say. */
  async findAgeSeconds(anomalyId: number, at: Date): Promise<number | null> {
    const openedAt = await this.courses.findOpening(anomalyId, at);
    return openedAt && (at.getTime() - openedAt.getTime()) / 1_000;
  }

  /** How long anomalies of each class go on with nobody doing anything about them; classes that only say who reported have no entry. */
  async survivalOf(anomalyClasses: readonly string[]): Promise<ReadonlyMap<string, Survival>> {
    const courses = await this.courses.listOf(anomalyClasses);
    const ids = [...courses.values()].flatMap((each) => each.map(({ id }) => id));
    const claims = ids.length === 0 ? new Map<number, Date>() : await this.remedies.firstClaims(ids);
    return new Map(
      [...courses].map(([anomalyClass, each]) => [
        anomalyClass,
        kaplanMeier(
          each
            .map((course) => leftAlone(course, claims.get(course.id) ?? null))
            .filter((lasted) => lasted !== null),
        ),
      ]),
    );
  }
}
