// A folder becomes a ZIP without compression (pictures are compressed already). The result is a Blob of references to the files: nothing is copied into memory.
const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

async function crc32(file) {
  let crc = 0xffffffff;
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return (crc ^ 0xffffffff) >>> 0;
    for (let i = 0; i < value.length; i++) crc = table[(crc ^ value[i]) & 0xff] ^ (crc >>> 8);
  }
}

function record(size, fill) {
  const view = new DataView(new ArrayBuffer(size));
  fill(view);
  return view.buffer;
}

/** Zip64 throughout: an archive may be larger than 4 GB and hold more than 65,535 files. */
export async function zipOf(files) {
  const encoder = new TextEncoder();
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { path, file } of files) {
    const name = encoder.encode(path);
    const crc = await crc32(file);
    const local = record(30, v => {
      v.setUint32(0, 0x04034b50, true);
      v.setUint16(4, 45, true);
      v.setUint16(6, 0x0800, true); // names are UTF-8
      v.setUint16(12, 0x21, true); // 1 January 1980
      v.setUint32(14, crc, true);
      v.setUint32(18, 0xffffffff, true);
      v.setUint32(22, 0xffffffff, true);
      v.setUint16(26, name.length, true);
      v.setUint16(28, 20, true);
    });
    const sizes = record(20, v => {
      v.setUint16(0, 1, true);
      v.setUint16(2, 16, true);
      v.setBigUint64(4, BigInt(file.size), true);
      v.setBigUint64(12, BigInt(file.size), true);
    });
    parts.push(local, name, sizes, file);
    directory.push({ name, crc, size: file.size, offset });
    offset += 30 + name.length + 20 + file.size;
  }
  const start = offset;
  for (const entry of directory) {
    parts.push(...central(entry));
    offset += 46 + entry.name.length + 28;
  }
  parts.push(...end(directory.length, start, offset - start));
  return new Blob(parts, { type: 'application/zip' });
}

function central({ name, crc, size, offset }) {
  const header = record(46, v => {
    v.setUint32(0, 0x02014b50, true);
    v.setUint16(4, 45, true);
    v.setUint16(6, 45, true);
    v.setUint16(8, 0x0800, true);
    v.setUint16(14, 0x21, true);
    v.setUint32(16, crc, true);
    v.setUint32(20, 0xffffffff, true);
    v.setUint32(24, 0xffffffff, true);
    v.setUint16(28, name.length, true);
    v.setUint16(30, 28, true);
    v.setUint32(42, 0xffffffff, true);
  });
  const extra = record(28, v => {
    v.setUint16(0, 1, true);
    v.setUint16(2, 24, true);
    v.setBigUint64(4, BigInt(size), true);
    v.setBigUint64(12, BigInt(size), true);
    v.setBigUint64(20, BigInt(offset), true);
  });
  return [header, name, extra];
}

function end(count, start, length) {
  const end64 = record(56, v => {
    v.setUint32(0, 0x06064b50, true);
    v.setBigUint64(4, 44n, true);
    v.setUint16(12, 45, true);
    v.setUint16(14, 45, true);
    v.setBigUint64(24, BigInt(count), true);
    v.setBigUint64(32, BigInt(count), true);
    v.setBigUint64(40, BigInt(length), true);
    v.setBigUint64(48, BigInt(start), true);
  });
  const locator = record(20, v => {
    v.setUint32(0, 0x07064b50, true);
    v.setBigUint64(8, BigInt(start + length), true);
    v.setUint32(16, 1, true);
  });
  const end32 = record(22, v => {
    v.setUint32(0, 0x06054b50, true);
    v.setUint16(8, 0xffff, true);
    v.setUint16(10, 0xffff, true);
    v.setUint32(12, 0xffffffff, true);
    v.setUint32(16, 0xffffffff, true);
  });
  return [end64, locator, end32];
}
