/** CRC-32C by 8 bytes: u32[8][256] remainders, see src/checksum.ts. */

/** Continues a checksum (not inverted) over bytes [from, end), a whole number of 8-byte words. */
export function continueChecksum(start: u32, from: usize, end: usize, table: usize): u32 {
  let crc = start
  for (let at = from; at < end; at += 8) {
    const low = load<u32>(at) ^ crc
    const high = load<u32>(at, 4)
    crc =
      load<u32>(table + ((low & 0xff) << 2), 0x1c00) ^
      load<u32>(table + (((low >>> 8) & 0xff) << 2), 0x1800) ^
      load<u32>(table + (((low >>> 16) & 0xff) << 2), 0x1400) ^
      load<u32>(table + ((low >>> 24) << 2), 0x1000) ^
      load<u32>(table + ((high & 0xff) << 2), 0xc00) ^
      load<u32>(table + (((high >>> 8) & 0xff) << 2), 0x800) ^
      load<u32>(table + (((high >>> 16) & 0xff) << 2), 0x400) ^
      load<u32>(table + ((high >>> 24) << 2))
  }
  return crc
}

/** Fills the table: table[k * 256 + b] is the remainder of byte b followed by k zero bytes. */
export function fillTable(table: usize): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    store<u32>(table + (byte << 2), crc)
  }
  for (let i: u32 = 256; i < 2048; i++) {
    const shorter = load<u32>(table + ((i - 256) << 2))
    store<u32>(table + (i << 2), (shorter >>> 8) ^ load<u32>(table + ((shorter & 0xff) << 2)))
  }
}
