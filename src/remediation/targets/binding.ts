/** What of a target counts for whether it is for an anomaly. */
export interface Bindable {
  readonly id: number;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The targets that an anomaly with these labels is for, the most particular first: all labels of a target must be the anomaly's,
 * and the more it names the more particular it is. A target without labels is for no anomaly, rather than for all.
 * Shape   labels: those of the anomaly. Returns targets in order; equal ones by their id.
 * @example bound([{ id: 1, labels: { service: 'a' } }], { service: 'a', host: 'b' }) // the one target
 */
export function bound<Target extends Bindable>(
  targets: readonly Target[],
  labels: Readonly<Record<string, string>>,
): Target[] {
  const size = (target: Target): number => Object.keys(target.labels).length;
  return targets
    .filter((target) => {
      const wanted = Object.entries(target.labels);
      return (
        wanted.length > 0 &&
        wanted.every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value)
      );
    })
    .sort((one, other) => size(other) - size(one) || one.id - other.id);
}
