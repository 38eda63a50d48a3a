import { IntakeGate } from './intake-gate';

const sized = (bytes: number) => ({ headers: { 'content-length': String(bytes) } });
const AT_ONCE = 128;

describe('the gate of intake', () => {
  it('takes bodies in while there is room, and again once one has left', () => {
    const gate = new IntakeGate(100);
    const { leave } = gate.enter(sized(60), 80);
    gate.enter(sized(40), 80);
    expect(() => gate.enter(sized(1), 80)).toThrow('try again');
    leave();
    expect(() => gate.enter(sized(60), 80)).not.toThrow();
  });

  it('gives room back once, however often it is told', () => {
    const gate = new IntakeGate(100);
    const { leave } = gate.enter(sized(100), 100);
    leave();
    leave();
    gate.enter(sized(100), 100);
    expect(() => gate.enter(sized(1), 100)).toThrow('try again');
  });

  it('counts a body of unknown size as the largest that is allowed, and a false claim of more as no more than that', () => {
    const gate = new IntakeGate(100);
    const { leave } = gate.enter({ headers: {} }, 80);
    expect(() => gate.enter(sized(21), 80)).toThrow('try again');
    leave();
    gate.enter(sized(1_000_000), 80);
    expect(() => gate.enter(sized(20), 80)).not.toThrow();
  });

  it('lets a lone body in, whatever its size', () => {
    expect(() => new IntakeGate(10).enter(sized(50), 80)).not.toThrow();
  });

  describe('for requests whose bodies are here', () => {
    const begin = (gate: IntakeGate, count: number) =>
      Array.from({ length: count }, () => {
        const visit = gate.enter(sized(1), 1);
        visit.begin();
        return visit;
      });

    it('has some places at any pace; who finds none is told before a byte of the body is read', () => {
      const gate = new IntakeGate();
      const [first] = begin(gate, AT_ONCE);
      expect(() => gate.enter(sized(1), 1)).toThrow('try again');
      first.leave();
      expect(() => begin(gate, 1)).not.toThrow();
    });

    it('turns away as well whose body came when the places were taken meanwhile', () => {
      const gate = new IntakeGate();
      const late = gate.enter(sized(1), 1);
      begin(gate, AT_ONCE);
      expect(() => late.begin()).toThrow('try again');
      late.leave();
    });

    it('has as many as are done within a tenth of a second', () => {
      let nowMs = 0;
      const gate = new IntakeGate(1_000_000, () => nowMs);
      for (let round = 0; round < 40; round += 1) for (const visit of begin(gate, 100)) visit.leave();
      nowMs = 1_000;
      begin(gate, 400);
      expect(() => gate.enter(sized(1), 1)).toThrow('try again');
      // Nothing was done in the second after: the pace has gone.
      nowMs = 3_000;
      expect(() => gate.enter(sized(1), 1)).toThrow('try again');
    });

    it('keeps none for bodies that are long in coming', () => {
      const gate = new IntakeGate();
      for (let slow = 0; slow < 10 * AT_ONCE; slow += 1) gate.enter(sized(1), 1);
      expect(() => begin(gate, AT_ONCE)).not.toThrow();
    });
  });
});
