/*
 * CRC-32C by 16 bytes, of which 12 do not wait for the sum of those before: u32[16][256] remainders at TABLE, see
 * src/checksum.ts.
 */

const TABLE: usize = 1024

/** Continues a checksum (not inverted) over bytes [from, end), a whole number of 8-byte words. */
export function continueChecksum(start: u32, from: usize, end: usize): u32 {
  let crc = start
  let at = from
  for (; at + 16 <= end; at += 16) {
    const low = load<u32>(at) ^ crc
    crc =
      load<u32>((<usize>load<u8>(at, 15)) << 2, TABLE) ^
      load<u32>((<usize>load<u8>(at, 14)) << 2, TABLE + 0x400) ^
      load<u32>((<usize>load<u8>(at, 13)) << 2, TABLE + 0x800) ^
      load<u32>((<usize>load<u8>(at, 12)) << 2, TABLE + 0xc00) ^
      load<u32>((<usize>load<u8>(at, 11)) << 2, TABLE + 0x1000) ^
      load<u32>((<usize>load<u8>(at, 10)) << 2, TABLE + 0x1400) ^
      load<u32>((<usize>load<u8>(at, 9)) << 2, TABLE + 0x1800) ^
      load<u32>((<usize>load<u8>(at, 8)) << 2, TABLE + 0x1c00) ^
      load<u32>((<usize>load<u8>(at, 7)) << 2, TABLE + 0x2000) ^
      load<u32>((<usize>load<u8>(at, 6)) << 2, TABLE + 0x2400) ^
      load<u32>((<usize>load<u8>(at, 5)) << 2, TABLE + 0x2800) ^
      load<u32>((<usize>load<u8>(at, 4)) << 2, TABLE + 0x2c00) ^
      load<u32>((low >>> 22) & 0x3fc, TABLE + 0x3000) ^
      load<u32>((low >>> 14) & 0x3fc, TABLE + 0x3400) ^
      load<u32>((low >>> 6) & 0x3fc, TABLE + 0x3800) ^
      load<u32>((low << 2) & 0x3fc, TABLE + 0x3c00)
  }
  if (at == end) return crc
  const low = load<u32>(at) ^ crc
  return (
    load<u32>((<usize>load<u8>(at, 7)) << 2, TABLE) ^
    load<u32>((<usize>load<u8>(at, 6)) << 2, TABLE + 0x400) ^
    load<u32>((<usize>load<u8>(at, 5)) << 2, TABLE + 0x800) ^
    load<u32>((<usize>load<u8>(at, 4)) << 2, TABLE + 0xc00) ^
    load<u32>((low >>> 22) & 0x3fc, TABLE + 0x1000) ^
    load<u32>((low >>> 14) & 0x3fc, TABLE + 0x1400) ^
    load<u32>((low >>> 6) & 0x3fc, TABLE + 0x1800) ^
    load<u32>((low << 2) & 0x3fc, TABLE + 0x1c00)
  )
}

/** Fills the table: table[k * 256 + b] is the remainder of byte b followed by k zero bytes. */
export function fillTable(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0x82f63b78 & -(crc & 1))
    store<u32>(TABLE + (byte << 2), crc)
  }
  for (let at: usize = TABLE + 0x400; at < TABLE + 0x4000; at += 4) {
    const shorter = load<u32>(at - 0x400)
    store<u32>(at, (shorter >>> 8) ^ load<u32>((shorter & 0xff) << 2, TABLE))
  }
}
