/** `Number` also reads hex, blanks, the empty text and "Infinity"; with these characters only, decimals remain. */
const DECIMAL_CHARACTERS = /^[-+.\deE]+$/;

/**
 * The number that a text spells in decimal digits, NaN where it spells none.
 * Range   Digits beyond float64 round; above its range the answer is infinite.
 * @example readDecimalNumber('-1.5e3') // -1500
 */
export function readDecimalNumber(text: string): number {
  return DECIMAL_CHARACTERS.test(text) ? Number(text) : NaN;
}
