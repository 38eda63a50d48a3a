/**
 * Whether a whole text is as a pattern says: `*` stands for any text, `?` for one character, all else for itself. No regular expression:
 * it takes at most the product of both lengths, whatever the pattern.
 * @example matchesGlob('node_*_bytes', 'node_disk_read_bytes') // true
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let [p, t] = [0, 0];
  // Where the last star stands, and up to where it reaches.
  let [star, reach] = [-1, 0];
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      reach = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star !== -1) {
      p = star + 1;
      t = ++reach;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
