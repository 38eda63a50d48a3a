const GAP = '   ';

/**
 * Rows of cells as aligned lines, the first row the head, underlined.
 * Shape   Every row has as many cells as the head.
 * @example textTable([['fault', 'opened'], ['latency', '33 s']]) // ['fault     opened', '───────   ──────', 'latency   33 s']
 */
export function textTable([head, ...rows]: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const rule = widths.map((width) => '─'.repeat(width));
  return [head, rule, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join(GAP)
      .trimEnd(),
  );
}
