import { crc32 } from 'node:zlib';

/** A ZIP archive of stored files: local headers with their bytes, then the directory, then its end. */
export function zipArchive(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, bytes] of Object.entries(files)) {
    const name = Buffer.from(path);
    const local = Buffer.concat([localHeader(name, bytes), name, bytes]);
    locals.push(local);
    directory.push(directoryHeader(name, bytes, offset), name);
    offset += local.length;
  }
  const directoryLength = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(locals.length, 8);
  end.writeUInt16LE(locals.length, 10);
  end.writeUInt32LE(directoryLength, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

function localHeader(name: Buffer, bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  writeSizes(header, 4, name, bytes);
  return header;
}

function directoryHeader(name: Buffer, bytes: Uint8Array, offset: number): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(20, 4);
  writeSizes(header, 6, name, bytes);
  header.writeUInt32LE(offset, 42);
  return header;
}

/** What both headers have in common, from the version that is needed on. */
function writeSizes(header: Buffer, at: number, name: Buffer, bytes: Uint8Array): void {
  header.writeUInt16LE(20, at);
  header.writeUInt32LE(crc32(bytes), at + 10);
  header.writeUInt32LE(bytes.length, at + 14);
  header.writeUInt32LE(bytes.length, at + 18);
  header.writeUInt16LE(name.length, at + 22);
}
