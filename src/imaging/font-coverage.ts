/**
 * Which characters a TrueType font has glyphs for, read from its `cmap` table (formats 4 and 12, the two in use for
 * Unicode; source: the OpenType specification).
 * ensures  true only for code points with a glyph other than 0, the "missing" box
 * throws   RangeError when the file is damaged, Error when it has no Unicode cmap
 */
export function readFontCoverage(font: Uint8Array): (codePoint: number) => boolean {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
  const cmap = findTable(view, 'cmap');
  const subtables = Array.from({ length: view.getUint16(cmap + 2) }, (_, index) => {
    const record = cmap + 4 + index * 8;
    return { platform: view.getUint16(record), at: cmap + view.getUint32(record + 4) };
  });
  // Platform 0 is Unicode, 3 is Windows.
  const unicode = subtables.filter(({ platform }) => platform === 0 || platform === 3);
  const full = unicode.find(({ at }) => view.getUint16(at) === 12);
  if (full) return coverageOf12(view, full.at);
  const basic = unicode.find(({ at }) => view.getUint16(at) === 4);
  if (basic) return coverageOf4(view, basic.at);
  throw new Error('Expected a cmap of format 4 or 12 in the font but found none');
}

function findTable(view: DataView, tag: string): number {
  const count = view.getUint16(4);
  for (let index = 0; index < count; index++) {
    const record = 12 + index * 16;
    const name = String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(record + i)));
    if (name === tag) return view.getUint32(record + 8);
  }
  throw new Error(`Expected a table ${tag} in the font but found none`);
}

function coverageOf12(view: DataView, at: number): (codePoint: number) => boolean {
  const groups = Array.from({ length: view.getUint32(at + 12) }, (_, index) => {
    const group = at + 16 + index * 12;
    return {
      first: view.getUint32(group),
      last: view.getUint32(group + 4),
      glyph: view.getUint32(group + 8),
    };
  });
  return (codePoint) =>
    groups.some(
      ({ first, last, glyph }) => codePoint >= first && codePoint <= last && glyph + codePoint - first !== 0,
    );
}

function coverageOf4(view: DataView, at: number): (codePoint: number) => boolean {
  const segments = view.getUint16(at + 6) / 2;
  const column = (number: number, segment: number) => at + 14 + number * segments * 2 + segment * 2;
  return (codePoint) => {
    for (let segment = 0; segment < segments; segment++) {
      if (codePoint > view.getUint16(column(0, segment))) continue;
      // Two bytes of padding stand between the columns of ends and of starts.
      const start = view.getUint16(column(1, segment) + 2);
      if (codePoint < start) return false;
      const delta = view.getUint16(column(2, segment) + 2);
      const offsetAt = column(3, segment) + 2;
      const offset = view.getUint16(offsetAt);
      if (offset === 0) return ((codePoint + delta) & 0xffff) !== 0;
      return view.getUint16(offsetAt + offset + (codePoint - start) * 2) !== 0;
    }
    return false;
  };
}
