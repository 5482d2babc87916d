import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * Zip files as small as bundles need them (APPNOTE 6.3.10 without Zip64): every file deflated, names in UTF-8, no dates.
 * Node has the compression and the check sum; what is left is smaller than a package's list of dependencies.
 */
const signatures = { file: 0x04034b50, entry: 0x02014b50, end: 0x06054b50 } as const;
const sizes = { file: 30, entry: 46, end: 22 } as const;
const version = 20;
const utf8Names = 0x0800;
const deflated = 8;
/** 1 January 1980, the first that the format knows. */
const noDate = 0x21;
const most = 0xffff_ffff;

/** The bytes of a zip file with these files in it, by name. Throws if it would need Zip64. */
export function zipped(files: ReadonlyMap<string, string | Buffer>): Buffer {
  const [bodies, entries]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, content] of files) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const shared = sharedFields(bytes, packed, Buffer.byteLength(name));
    const body = Buffer.concat([numbers([4, signatures.file]), shared, Buffer.from(name), packed]);
    const place = numbers([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]);
    entries.push(numbers([4, signatures.entry], [2, version]), shared, place, Buffer.from(name));
    bodies.push(body);
    offset += body.length;
    if (offset > most) throw new Error('A zip file of more than 4 GB cannot be written.');
  }
  const directory = Buffer.concat(entries);
  const counts = numbers([2, 0], [2, 0], [2, files.size], [2, files.size], [4, directory.length], [4, offset], [2, 0]);
  return Buffer.concat([...bodies, directory, numbers([4, signatures.end]), counts]);
}

/** What stands both before a file's bytes and in the directory. */
function sharedFields(bytes: Buffer, packed: Buffer, nameLength: number): Buffer {
  const [sum, before] = [crc32(bytes), numbers([2, version], [2, utf8Names], [2, deflated], [2, 0], [2, noDate])];
  return Buffer.concat([before, numbers([4, sum], [4, packed.length], [4, bytes.length], [2, nameLength], [2, 0])]);
}

function numbers(...fields: readonly (readonly [bytes: number, value: number])[]): Buffer {
  return Buffer.concat(
    fields.map(([bytes, value]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}

/** The files in a zip file, by name; null: it is none, or damaged. Only deflated and stored files are read. */
export function unzipped(zip: Buffer): ReadonlyMap<string, Buffer> | null {
  try {
    const end = zip.lastIndexOf(numbers([4, signatures.end]));
    if (end < 0 || end > zip.length - sizes.end) return null;
    const files = new Map<string, Buffer>();
    let at = zip.readUInt32LE(end + 16);
    for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
      const [nameLength, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
      const name = zip.toString('utf8', at + sizes.entry, at + sizes.entry + (nameLength ?? 0));
      files.set(name, contentOf(zip, at));
      at += sizes.entry + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0);
    }
    return files;
  } catch {
    // Sizes that point beyond the file, or bytes that were not deflated.
    return null;
  }
}

function contentOf(zip: Buffer, entry: number): Buffer {
  const at = zip.readUInt32LE(entry + 42);
  const from = at + sizes.file + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
  const packed = zip.subarray(from, from + zip.readUInt32LE(entry + 20));
  const bytes = zip.readUInt16LE(entry + 10) === deflated ? inflateRawSync(packed) : packed;
  if (crc32(bytes) !== zip.readUInt32LE(entry + 16)) throw new Error('A file in the zip file was damaged.');
  return bytes;
}
