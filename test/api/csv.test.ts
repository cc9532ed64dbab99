import fc from 'fast-check';
import { CSV_HEADER, toCsvLine, toCsvRow } from '../../src/api/csv';
import { auditEvent } from './factories';

test('an event becomes a line of the documented columns', () => {
  const event = auditEvent({
    tables: [
      { name: 'a.x', access: 'read' },
      { name: 'a.y', access: 'read' },
      { name: 'a.z', access: 'write' },
    ],
    statement: { text: 'SELECT "a",\n1', source: 'athena' },
  });

  const names = CSV_HEADER.replace('\uFEFF', '').trimEnd().split(',');
  const [cells] = parseCsv(toCsvLine(event));
  const row = Object.fromEntries(names.map((name, index) => [name, cells?.[index]]));

  expect(row).toMatchObject({
    eventTime: '2026-11-20T11:00:00Z',
    principal: 'alice',
    tablesRead: 'a.x a.y',
    tablesWritten: 'a.z',
    statement: 'SELECT "a",\n1',
    errorCode: '',
    scannedBytes: '1048576',
    evidenceKey: 'trail/file.json.gz',
    integrity: 'verified',
  });
  expect(cells).toHaveLength(names.length);
});

test('begins with the mark by which spreadsheets recognize UTF-8', () => {
  expect(Buffer.from(CSV_HEADER).subarray(0, 3).toString('hex')).toBe('efbbbf');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '－1'])(
  'makes %j text',
  (formula) => {
    expect(parseCsv(toCsvRow([formula]))).toEqual([[`'${formula}`]]);
  },
);

test('any text comes back from any row, and no cell starts a formula', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }),
      (texts) => {
        const [cells = []] = parseCsv(toCsvRow(texts));

        expect(cells.map((cell) => cell.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, ''))).toEqual(
          texts.map((text) => text.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, '')),
        );
        for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
      },
    ),
  );
});

/** RFC 4180, read by its grammar. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (let match = field.exec(text); match !== null; match = field.exec(text)) {
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  expect(rows.length).toBeGreaterThan(0);
  return rows;
}
