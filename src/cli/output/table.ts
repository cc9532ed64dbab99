import { displayWidth, fitText } from './display-text';
import type { Format, Style } from './style';

export interface Column<Row> {
  readonly title: string;
  /** One line, safe to show. */
  readonly text: (row: Row) => string;
  readonly format?: (row: Row) => Format | undefined;
  readonly align?: 'right';
  /** Cells below which the column does not shrink; without it, it never shrinks. */
  readonly minWidth?: number;
  /** Left out first on a narrow terminal: the highest number goes first. */
  readonly dispensable?: number;
}

export interface Table<Row> {
  /** Lines for these rows; the first call brings the header and settles the widths. */
  render(rows: readonly Row[]): string;
}

interface FittedColumn<Row> extends Column<Row> {
  readonly width: number;
}

const GAP = '  ';

/**
 * A table fitted to a width, that can grow at its end.
 *
 * @param narrow - taken in the place of `columns` where those do not fit, however shrunk.
 */
export function createTable<Row>(
  columns: readonly Column<Row>[],
  widthCells: number,
  style: Style,
  narrow = columns,
): Table<Row> {
  let fitted: readonly FittedColumn<Row>[] | undefined;
  return {
    render: (rows) => {
      const header = fitted === undefined;
      fitted ??= fitColumns(columns, narrow, rows, widthCells);
      const shown = fitted;
      const lines = rows.map((row) =>
        renderLine(shown, (column) => renderCell(column, row, style)),
      );
      if (header) {
        lines.unshift(renderLine(shown, (column) => style('bold', pad(column.title, column))));
      }
      return lines.map((line) => `${line}\n`).join('');
    },
  };
}

function fitColumns<Row>(
  columns: readonly Column<Row>[],
  narrow: readonly Column<Row>[],
  rows: readonly Row[],
  widthCells: number,
): readonly FittedColumn<Row>[] {
  const wide = dropColumns(measureColumns(columns, rows), widthCells);
  const isWide = leastWidth(wide) <= widthCells;
  return shrink(isWide ? wide : dropColumns(measureColumns(narrow, rows), widthCells), widthCells);
}

function measureColumns<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): readonly FittedColumn<Row>[] {
  return columns.map((column) => ({
    ...column,
    width: Math.max(
      displayWidth(column.title),
      ...rows.map((row) => displayWidth(column.text(row))),
    ),
  }));
}

function dropColumns<Row>(
  columns: readonly FittedColumn<Row>[],
  widthCells: number,
): readonly FittedColumn<Row>[] {
  if (leastWidth(columns) <= widthCells) return columns;
  const first = Math.max(...columns.map(({ dispensable = 0 }) => dispensable));
  if (first === 0) return columns;
  return dropColumns(
    columns.filter(({ dispensable = 0 }) => dispensable !== first),
    widthCells,
  );
}

function leastWidth<Row>(columns: readonly FittedColumn<Row>[]): number {
  return totalWidth(columns.map(({ width, minWidth = width }) => Math.min(width, minWidth)));
}

/** Takes one cell after the other from the widest column that may still shrink. */
function shrink<Row>(
  columns: readonly FittedColumn<Row>[],
  widthCells: number,
): readonly FittedColumn<Row>[] {
  const widths = columns.map(({ width }) => width);
  const canShrink = (index: number) =>
    (widths[index] ?? 0) > (columns[index]?.minWidth ?? Number.POSITIVE_INFINITY);
  for (let excess = totalWidth(widths) - widthCells; excess > 0; excess -= 1) {
    const candidates = widths.map((width, index) => (canShrink(index) ? width : 0));
    const widest = Math.max(...candidates);
    if (widest === 0) break;
    widths[candidates.indexOf(widest)] = widest - 1;
  }
  return columns.map((column, index) => ({ ...column, width: widths[index] ?? column.width }));
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
}

function renderLine<Row>(
  columns: readonly FittedColumn<Row>[],
  cell: (column: FittedColumn<Row>) => string,
): string {
  return columns.map(cell).join(GAP).trimEnd();
}

function renderCell<Row>(column: FittedColumn<Row>, row: Row, style: Style): string {
  const text = pad(column.text(row), column);
  const format = column.format?.(row);
  return format === undefined ? text : style(format, text);
}

function pad(text: string, { width, align }: { width: number; align?: 'right' }): string {
  const fitted = fitText(text, width);
  const space = ' '.repeat(Math.max(0, width - displayWidth(fitted)));
  return align === 'right' ? space + fitted : fitted + space;
}
