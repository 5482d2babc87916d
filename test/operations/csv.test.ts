import { csvLine } from '../../apps/server/operations/csv.js';

describe('a line of CSV', () => {
  it.each([
    [['a', 1, null, true, ''], 'a,1,,true,'],
    [['a,b', 'say "no"', 'two\nlines', 'two\r\nlines'], '"a,b","say ""no""","two\nlines","two\r\nlines"'],
    [['=1+1', '+1', '-1', '@x', '\tx', 'a=1'], "'=1+1,'+1,'-1,'@x,'\tx,a=1"],
    [['\rx', '="a"'], `"'\rx","'=""a"""`],
    [[-1, -0.5], '-1,-0.5'],
  ])('of %j, with what a spreadsheet would carry out made inert', (cells, line) => {
    expect(csvLine(cells)).toBe(`${line}\r\n`);
  });
});
