import { OrderRefused } from './execution.errors';
import type { StepOrder } from './executor.port';

/** The parameters of an order by name; null counts as absent, as everywhere in the API. */
export class OrderParameters {
  constructor(private readonly parameters: StepOrder['parameters']) {}

  value(name: string): unknown {
    return Object.hasOwn(this.parameters, name) ? (this.parameters[name] ?? undefined) : undefined;
  }

  /** Null where it is absent. Throws  OrderRefused for anything but an integer in the range. */
  integer(name: string, min: number, max: number): number | null {
    const value = this.value(name);
    if (value === undefined) return null;
    if (!Number.isInteger(value) || Number(value) < min || Number(value) > max)
      throw new OrderRefused(`parameters.${name} must be an integer from ${min} to ${max}`);
    return Number(value);
  }
}
