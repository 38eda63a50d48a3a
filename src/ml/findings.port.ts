import { Finding } from './ml.types';

/** Who is told of findings. The anomaly module registers itself with `MlService.report`. */
export abstract class FindingsPort {
  /** Called inside the transaction that also moves detection's cursor: either both are kept or neither. */
  abstract apply(findings: readonly Finding[]): Promise<void>;
}
