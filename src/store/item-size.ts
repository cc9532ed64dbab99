/** A value as the document client takes and gives it. */
export type AttributeValue =
  | string
  | number
  | boolean
  | Uint8Array
  | readonly AttributeValue[]
  | { readonly [name: string]: AttributeValue };

export type Item = Record<string, AttributeValue>;

/**
 * Size of an item in bytes, names included, by the documented rules.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: Readonly<Record<string, AttributeValue>>): number {
  let size = 0;
  for (const [name, value] of Object.entries(item)) size += Buffer.byteLength(name) + sizeOf(value);
  return size;
}

function sizeOf(value: AttributeValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return numberSize(value);
  if (typeof value === 'boolean') return 1;
  if (value instanceof Uint8Array) return value.length;
  if (isList(value)) return value.reduce<number>((sum, element) => sum + 1 + sizeOf(element), 3);
  return 3 + Object.keys(value).length + itemSize(value);
}

/** One byte per two significant digits, and one more; a sign takes another. */
function numberSize(value: number): number {
  const digits = String(Math.abs(value))
    .replace(/e.*$/, '')
    .replace('.', '')
    .replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (value < 0 ? 1 : 0);
}

function isList(value: object): value is readonly AttributeValue[] {
  return Array.isArray(value);
}
