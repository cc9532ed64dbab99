const BARS = [...'▁▂▃▄▅▆▇█'];

/** Values as bars of one line, the highest full; nothing is a space, so that little still shows. */
export function renderSparkline(values: readonly number[]): string {
  const highest = Math.max(...values);
  return values
    .map((value) => (value === 0 ? ' ' : BARS[Math.ceil((value / highest) * BARS.length) - 1]))
    .join('');
}

/** Adds neighbours up until there are at most `most` values. */
export function mergeNeighbours(values: readonly number[], most: number): number[] {
  const size = Math.ceil(values.length / most);
  const merged: number[] = Array.from({ length: Math.ceil(values.length / size) }, () => 0);
  for (const [index, value] of values.entries()) {
    const at = Math.floor(index / size);
    merged[at] = (merged[at] ?? 0) + value;
  }
  return merged;
}
