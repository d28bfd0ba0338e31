internal import CZstd

/// A trained dictionary in both directions.
///
/// `@unchecked Sendable`: both halves are read-only once made, and zstd allows any number of
/// contexts to use them at once (zstd.h, "bulk processing dictionary API").
final class ZstdDictionary: @unchecked Sendable {
  /// The codec number that object rows carry.
  let codec: Int64
  fileprivate let compressing: OpaquePointer
  fileprivate let decompressing: OpaquePointer

  init?(codec: Int64, bytes: [UInt8]) {
    guard let compressing = ZSTD_createCDict(bytes, bytes.count, Zstd.level) else { return nil }
    guard let decompressing = ZSTD_createDDict(bytes, bytes.count) else {
      ZSTD_freeCDict(compressing)
      return nil
    }
    self.codec = codec
    self.compressing = compressing
    self.decompressing = decompressing
  }

  deinit {
    ZSTD_freeCDict(compressing)
    ZSTD_freeDDict(decompressing)
  }
}

/// One thread's compressor and decompressor.
final class Zstd {
  /// zstd's own default; its speed on 1 KB bodies with a dictionary is far above what import needs.
  static let level: Int32 = 3
  /// The largest body that is read back: the records' own limit of 4 MiB with room for replies.
  static let largestBody = 64 << 20

  private let compressor: OpaquePointer
  private let decompressor: OpaquePointer
  private var scratch: [UInt8] = []

  init() {
    guard let compressor = ZSTD_createCCtx(), let decompressor = ZSTD_createDCtx() else {
      preconditionFailure("zstd contexts need a few hundred kilobytes of memory")
    }
    self.compressor = compressor
    self.decompressor = decompressor
    // The row holds size and codec: the frame need not repeat them.
    ZSTD_CCtx_setParameter(compressor, ZSTD_c_contentSizeFlag, 0)
    ZSTD_CCtx_setParameter(compressor, ZSTD_c_dictIDFlag, 0)
    ZSTD_CCtx_setParameter(compressor, ZSTD_c_compressionLevel, Self.level)
  }

  deinit {
    ZSTD_freeCCtx(compressor)
    ZSTD_freeDCtx(decompressor)
  }

  /// The body to store: compressed where that is shorter, else as it is.
  func pack(_ bytes: [UInt8], _ dictionary: ZstdDictionary?) -> PackedBody {
    ZSTD_CCtx_refCDict(compressor, dictionary?.compressing)
    let bound = ZSTD_compressBound(bytes.count)
    if scratch.count < bound { scratch = [UInt8](repeating: 0, count: bound) }
    let count = ZSTD_compress2(compressor, &scratch, scratch.count, bytes, bytes.count)
    guard ZSTD_isError(count) == 0, count < bytes.count else {
      return PackedBody(codec: Codec.raw, size: bytes.count, bytes: bytes)
    }
    return PackedBody(
      codec: dictionary?.codec ?? Codec.plain, size: bytes.count, bytes: Array(scratch[..<count]))
  }

  /// The bytes of a stored body, or `nil` where it does not unpack to exactly `size` bytes.
  func unpack(
    _ body: UnsafeRawBufferPointer, codec: Int64, size: Int, _ dictionary: ZstdDictionary?
  ) -> [UInt8]? {
    guard size >= 0, size <= Self.largestBody else { return nil }
    var good = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      let place = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: size)
      good = unpack(body, codec: codec, into: place, dictionary)
      count = good ? size : 0
    }
    return good ? bytes : nil
  }

  /// Unpacks a stored body into memory of exactly its size; `false` where it does not fill it.
  func unpack(
    _ body: UnsafeRawBufferPointer, codec: Int64, into place: UnsafeMutableRawBufferPointer,
    _ dictionary: ZstdDictionary?
  ) -> Bool {
    if codec == Codec.raw {
      guard body.count == place.count else { return false }
      place.copyMemory(from: body)
      return true
    }
    ZSTD_DCtx_refDDict(decompressor, codec == Codec.plain ? nil : dictionary?.decompressing)
    let found = ZSTD_decompressDCtx(
      decompressor, place.baseAddress, place.count, body.baseAddress, body.count)
    return ZSTD_isError(found) == 0 && found == place.count
  }

  /// A dictionary learned from samples, or `nil` where they teach too little.
  static func train(_ samples: [[UInt8]], capacity: Int = 64 << 10) -> [UInt8]? {
    var joined: [UInt8] = []
    joined.reserveCapacity(samples.reduce(0) { $0 + $1.count })
    for sample in samples { joined += sample }
    let sizes = samples.map(\.count)
    var dictionary = [UInt8](repeating: 0, count: capacity)
    let count = ZDICT_trainFromBuffer(&dictionary, capacity, joined, sizes, UInt32(sizes.count))
    guard ZDICT_isError(count) == 0 else { return nil }
    return Array(dictionary[..<count])
  }
}

/// How a body is stored; numbers from 2 on are trained dictionaries.
enum Codec {
  static let raw: Int64 = 0
  static let plain: Int64 = 1
}

/// A body as its row holds it.
struct PackedBody: Sendable {
  var codec: Int64
  /// The size before compression.
  var size: Int
  var bytes: [UInt8]
  /// A check of the stored bytes themselves: zstd ignores a few bits of its frames, so a flip there
  /// leaves the content, and its hash, as they were.
  var sum: Int64

  init(codec: Int64, size: Int, bytes: [UInt8]) {
    self.codec = codec
    self.size = size
    self.bytes = bytes
    sum = bytes.withUnsafeBytes { BodySum.of($0) }
  }
}

/// FNV-1a over words of eight bytes: each step is a bijection, so one changed bit always shows.
enum BodySum {
  static func of(_ bytes: UnsafeRawBufferPointer) -> Int64 {
    var sum: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(bytes.count)
    var i = 0
    while i + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
      sum = (sum ^ UInt64(littleEndian: word)) &* 0x100_0000_01b3
      sum ^= sum >> 29
      i += 8
    }
    while i < bytes.count {
      sum = (sum ^ UInt64(bytes[i])) &* 0x100_0000_01b3
      i += 1
    }
    return Int64(bitPattern: sum)
  }
}
