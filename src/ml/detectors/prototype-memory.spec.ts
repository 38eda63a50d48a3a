import { Noise } from './fixtures/noise';
import { PrototypeMemory, PROTOTYPES_F32, PROTOTYPES_F64, VECTOR } from './prototype-memory';

class Shapes {
  private readonly f64: Float64Array;
  private readonly memory: PrototypeMemory;

  constructor() {
    const prototypes = (VECTOR + PROTOTYPES_F64) * 2;
    const buffer = new ArrayBuffer((prototypes + PROTOTYPES_F32) * 4);
    this.f64 = new Float64Array(buffer);
    this.memory = new PrototypeMemory(this.f64, new Float32Array(buffer), VECTOR, prototypes);
  }

  distance(vector: readonly number[]): number {
    this.f64.set(vector);
    return this.memory.distance(0);
  }

  learn(vector: readonly number[]): void {
    const distance = this.distance(vector);
    this.memory.learn(0, distance);
  }
}

const ramp = [0, 1, 2, 3, 4, 5, 6, 7];
const flat = [3, 3, 3, 3, 3, 3, 3, 3];

describe('a memory of shapes', () => {
  it('knows nothing at first, and then what it has learnt', () => {
    const shapes = new Shapes();
    expect(shapes.distance(ramp)).toBe(0);
    shapes.learn(ramp);
    expect(shapes.distance(ramp)).toBe(0);
    expect(shapes.distance(ramp.map((v) => v + 2))).toBeCloseTo(2, 6);
  });

  it('tells a new shape from repeated ones', () => {
    const noise = new Noise(3);
    const shapes = new Shapes();
    const wobble = (shape: readonly number[]): number[] => shape.map((v) => v + 0.1 * noise.normal());
    for (let i = 0; i < 200; i++) shapes.learn(wobble(i % 2 === 0 ? ramp : flat));
    expect(shapes.distance(wobble(ramp))).toBeLessThan(0.3);
    expect(shapes.distance([7, 0, 7, 0, 7, 0, 7, 0])).toBeGreaterThan(2);
  });

  it('stays within its 64 places, however many shapes come, and keeps what is used', () => {
    const noise = new Noise(4);
    const shapes = new Shapes();
    for (let i = 0; i < 3_000; i++) {
      shapes.learn(i % 3 === 0 ? ramp : Array.from({ length: VECTOR }, () => 100 * noise.normal()));
    }
    expect(shapes.distance(ramp)).toBeLessThan(5);
    expect(Number.isFinite(shapes.distance(flat))).toBe(true);
  });

  it('keeps huge shapes finite', () => {
    const shapes = new Shapes();
    shapes.learn(flat.map(() => 1e15));
    expect(Number.isFinite(shapes.distance(flat.map(() => -1e15)))).toBe(true);
  });
});
