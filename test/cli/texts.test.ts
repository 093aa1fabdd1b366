import { describe, expect, it } from 'vitest';
import { amountText } from '../../src/cli/byte-progress.ts';
import { csvLine } from '../../src/cli/csv.ts';
import { jsonLine, printable } from '../../src/cli/printable.ts';
import { durationText, paceText } from '../../src/cli/progress.ts';
import { renderTable } from '../../src/cli/table.ts';

describe('csv', () => {
  it('leaves plain fields as face_recognition prints them', () => {
    expect(csvLine('photos/a b.jpg', 'Ada Lovelace')).toBe('photos/a b.jpg,Ada Lovelace');
  });

  it('quotes commas, quotes and line ends', () => {
    expect(csvLine('a,b.jpg', 'Ada "the\nCountess"')).toBe('"a,b.jpg","Ada ""the\nCountess"""');
  });
});

describe('names on a terminal', () => {
  it('cannot move the cursor, start a line or turn the rest of it around', () => {
    expect(printable('\u001b[2JAda\r\n\u009b31m\u007f')).toBe('␛[2JAda␍␊�31m␡');
    expect(printable('\u202eAda\u2066')).toBe('Ada');
  });

  it('keep their letters, marks and emoji', () => {
    const name = 'Åsa \u200fעדה\u200f Ιωάννα 👩🏽‍💻';
    expect(printable(name)).toBe(name);
  });

  it('are escaped in JSON and come back whole', () => {
    const name = 'a\u009b\u007f\u001b\n';
    expect(jsonLine({ name })).not.toMatch(/\p{Cc}/u);
    expect(JSON.parse(jsonLine({ name }))).toEqual({ name });
  });
});

describe('tables', () => {
  it('align columns by what a terminal shows, wide letters too', () => {
    const table = renderTable(
      [{ title: 'person' }, { title: 'faces', align: 'right' }],
      [
        ['山田', '3'],
        ['Ada', '12'],
      ],
    );
    expect(table).toBe('person  faces\n山田        3\nAda        12');
  });
});

describe('progress', () => {
  it('tells rate and time left', () => {
    expect(paceText(10, 110, 5000)).toBe('2.0/s · 50 s left');
    expect(paceText(100, 100, 5000)).toBe('20/s · 0 s left');
  });

  it('tells bytes in megabytes, with the whole where it is known', () => {
    expect(amountText(12_345_678, 174_383_860)).toBe('12.3 of 174.4 MB');
    expect(amountText(12_345_678, null)).toBe('12.3 MB');
  });

  it('writes durations as people do', () => {
    expect([0.42, 59.6, 185, 7830].map(durationText)).toEqual([
      '0.4 s',
      '1 min 0 s',
      '3 min 5 s',
      '2 h 10 min',
    ]);
  });
});
