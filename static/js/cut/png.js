// A mask as a PNG of one grey channel, which no canvas writes; and back, by the browser.

const START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const GREY = [8, 0, 0, 0, 0] // bits, grey, and the one way there is of each of the rest

const CRCS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1
  return crc
})

export async function encoded({ width, height, levels }) {
  const rows = new Uint8Array((width + 1) * height) // each begins with its filter: none
  for (let y = 0; y < height; y++) rows.set(levels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1)
  const packed = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"))
  const data = new Uint8Array(await new Response(packed).arrayBuffer())
  const head = [...bytesOf(width), ...bytesOf(height), ...GREY]
  const parts = [Uint8Array.from(START), chunk("IHDR", head), chunk("IDAT", data), chunk("IEND", [])]
  return new Blob(parts, { type: "image/png" })
}

/** Its levels, by a canvas of the browser. */
export async function decoded(blob) {
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" })
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
  const drawing = canvas.getContext("2d", { willReadFrequently: true })
  drawing.drawImage(bitmap, 0, 0)
  const { data } = drawing.getImageData(0, 0, bitmap.width, bitmap.height)
  return Uint8Array.from({ length: data.length / 4 }, (_, at) => data[4 * at])
}

function chunk(name, data) {
  const bytes = new Uint8Array(12 + data.length)
  bytes.set(bytesOf(data.length))
  for (let index = 0; index < 4; index++) bytes[4 + index] = name.charCodeAt(index)
  bytes.set(data, 8)
  bytes.set(bytesOf(crcOf(bytes.subarray(4, 8 + data.length))), 8 + data.length)
  return bytes
}

function crcOf(bytes) {
  let crc = 0xffffffff
  for (const byte of bytes) crc = CRCS[(crc ^ byte) & 0xff] ^ (crc >>> 8)
  return ~crc >>> 0
}

const bytesOf = (number) => [number >>> 24, (number >>> 16) & 0xff, (number >>> 8) & 0xff, number & 0xff]
