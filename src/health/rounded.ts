/**
 * A measurement with two places after the point: more would be noise. Null stays null.
 * @example rounded(33.33333) // 33.33
 */
export function rounded<Value extends number | null>(value: Value): Value {
  return (value === null ? null : Math.round(value * 100) / 100) as Value;
}
