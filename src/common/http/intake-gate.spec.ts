import { IntakeGate } from './intake-gate';

const sized = (bytes: number) => ({ headers: { 'content-length': String(bytes) } });

describe('the gate of intake', () => {
  it('takes bodies in while there is room, and again once one has left', () => {
    const gate = new IntakeGate(100);
    const leave = gate.enter(sized(60), 80);
    gate.enter(sized(40), 80);
    expect(() => gate.enter(sized(1), 80)).toThrow('try again');
    leave();
    expect(() => gate.enter(sized(60), 80)).not.toThrow();
  });

  it('gives room back once, however often it is told', () => {
    const gate = new IntakeGate(100);
    const leave = gate.enter(sized(100), 100);
    leave();
    leave();
    gate.enter(sized(100), 100);
    expect(() => gate.enter(sized(1), 100)).toThrow('try again');
  });

  it('counts a body of unknown size as the largest that is allowed, and a false claim of more as no more than that', () => {
    const gate = new IntakeGate(100);
    const leave = gate.enter({ headers: {} }, 80);
    expect(() => gate.enter(sized(21), 80)).toThrow('try again');
    leave();
    gate.enter(sized(1_000_000), 80);
    expect(() => gate.enter(sized(20), 80)).not.toThrow();
  });

  it('lets a lone body in, whatever its size', () => {
    expect(() => new IntakeGate(10).enter(sized(50), 80)).not.toThrow();
  });
});
