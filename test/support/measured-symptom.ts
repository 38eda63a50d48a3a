import { TestApp } from './test-app';

/** A symptom of the service `cart` that is measured twice a second: as bad as it was for half a minute, and then as it is made. */
export class MeasuredSymptom {
  private readonly timer: NodeJS.Timeout;
  private value: number;

  private constructor(
    private readonly app: TestApp,
    private readonly name: string,
    bad: number,
  ) {
    this.value = bad;
    this.timer = setInterval(() => void this.send([this.sample(Date.now())]), 500);
  }

  static async begin(app: TestApp, name: string, bad: number): Promise<MeasuredSymptom> {
    const symptom = new MeasuredSymptom(app, name, bad);
    const now = Date.now();
    await symptom.send(Array.from({ length: 60 }, (_, i) => symptom.sample(now - (60 - i) * 500)));
    return symptom;
  }

  become(value: number): void {
    this.value = value;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sample(timeMs: number) {
    return {
      name: this.name,
      labels: { service: 'cart' },
      value: this.value,
      timestamp: new Date(timeMs).toISOString(),
    };
  }

  private async send(samples: object[]): Promise<void> {
    await this.app.post('/api/telemetry/samples', { samples }).catch(() => undefined);
  }
}
