import fc from 'fast-check'

/** Any text at all: UTF-16 code units, control characters and lone surrogates included. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.nat(0xff), fc.nat(0xffff)), { maxLength: 24 })
  .map((units) => String.fromCharCode(...units))
