const WIDTH = 28;
const FULL = '█';
const EMPTY = '░';

/**
 * A bar of fixed width with the share in percent.
 * Rounding Down, so that only what is finished looks finished.
 * Range   Shares outside of 0..1 are drawn as the nearer end; where there is nothing to do, it is done.
 * @example progressBar(30, 120, 8) // '██░░░░░░  25%'
 */
export function progressBar(have: number, need: number, width = WIDTH): string {
  const share = need > 0 ? Math.min(1, Math.max(0, have / need)) : 1;
  const full = Math.floor(share * width);
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  return `${FULL.repeat(full)}${EMPTY.repeat(width - full)} ${percent}`;
}
