import { toSafeLines } from '../src/safe-text';

test('lines stay lines, and nothing in them drives the terminal', () => {
  expect(toSafeLines('a\r\nb\tc\n\u001b[31md  ')).toEqual(['a', 'b  c', '\uFFFD[31md']);
});
