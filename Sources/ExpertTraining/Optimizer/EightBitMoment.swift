internal import ExpertTensors

/// A moment of Adam in 8 bits an element: blocks of 256 with one scale each, and a code of
/// floating exponents within ("8-bit Optimizers via Block-wise Quantization", Dettmers et al. 2022).
///
/// One thing differs from bitsandbytes: a second moment above zero is never stored as zero. There
/// the next update could divide by ε alone.
///
/// `@unchecked Sendable`: whoever shares a moment divides its blocks among threads.
final class EightBitMoment: @unchecked Sendable {
  /// Elements that share a scale.
  static let block = 256

  let count: Int
  let map: DynamicMap
  /// One code an element.
  let codes: UnsafeMutableBufferPointer<UInt8>
  /// The largest magnitude of each block.
  let scales: FloatBuffer

  init(count: Int, map: DynamicMap) {
    self.count = count
    self.map = map
    codes = .allocate(capacity: count)
    codes.initialize(repeating: map.zero)
    scales = FloatBuffer(count: (count + Self.block - 1) / Self.block)
  }

  deinit { codes.deallocate() }

  var bytes: Int { count + 4 * scales.count }

  /// Decodes a block or a part of its beginning; `range` starts at a block.
  func read(_ range: Range<Int>, into out: UnsafeMutablePointer<Float>) {
    let scale = scales.base[range.lowerBound / Self.block]
    map.values.withUnsafeBufferPointer { values in
      for i in range { out[i - range.lowerBound] = values[Int(codes[i])] * scale }
    }
  }

  /// Encodes a block. NaN and infinity make the whole block NaN, so that they are noticed.
  func write(_ range: Range<Int>, from values: UnsafeMutablePointer<Float>) {
    var largest: Float = 0
    var isFinite = true
    for i in 0..<range.count {
      isFinite = isFinite && values[i].isFinite
      largest = max(largest, abs(values[i]))
    }
    scales.base[range.lowerBound / Self.block] = isFinite ? largest : .nan
    let inverse = largest > 0 && isFinite ? 1 / largest : 0
    map.encode(values, range.count, inverse, codes.baseAddress.map { $0 + range.lowerBound })
  }
}

/// The 256 values of bitsandbytes' dynamic code (`create_dynamic_map`): for each of seven decades,
/// means between evenly spaced bounds, twice as many in each decade as in the one below; and 0 and 1.
struct DynamicMap: Sendable {
  /// For the first moment.
  static let signed = DynamicMap(signed: true)
  /// For the second moment.
  static let unsigned = DynamicMap(signed: false)

  /// In rising order.
  let values: [Float]
  /// The code of 0.
  let zero: UInt8
  /// Halfway between each value and the next.
  private let bounds: [Float]
  /// Where the search begins, by the upper 16 bits of a value: it ends there or one or two further.
  private let starts: [UInt8]
  private let isSigned: Bool

  private init(signed: Bool) {
    var values: [Double] = [0, 1]
    var decade = 1e-6
    for level in 0..<7 {
      let means = Self.means(1 << (level + (signed ? 0 : 1)))
      values += means.map { $0 * decade }
      if signed { values += means.map { -$0 * decade } }
      decade *= 10
    }
    self.values = values.sorted().map { Float($0) }
    bounds = zip(self.values, self.values.dropFirst()).map { ($0 + $1) / 2 }
    zero = UInt8(self.values.firstIndex(of: 0) ?? 0)
    starts = Self.starts(bounds)
    isSigned = signed
  }

  /// Means of `count` equal parts of 0.1…1.
  private static func means(_ count: Int) -> [Double] {
    (0..<count).map { 0.1 + 0.9 * (Double($0) + 0.5) / Double(count) }
  }

  /// The nearest codes of `count` values times `factor`, which brings them to −1…1.
  func encode(
    _ values: UnsafePointer<Float>, _ count: Int, _ factor: Float,
    _ codes: UnsafeMutablePointer<UInt8>?
  ) {
    guard let codes else { return }
    starts.withUnsafeBufferPointer { starts in
      bounds.withUnsafeBufferPointer { bounds in
        for i in 0..<count {
          let value = values[i] * factor
          // NaN, where the scale says it all, must not lead out of the table.
          var code = Int(starts[Int(value.bitPattern >> 16)])
          while code < 255, bounds[code] < value { code += 1 }
          codes[i] = UInt8(!isSigned && code == 0 && value > 0 ? 1 : code)
        }
      }
    }
  }

  /// The lowest code of the numbers that share the upper 16 bits, for each such 16 bits.
  private static func starts(_ bounds: [Float]) -> [UInt8] {
    (UInt32(0)...0xffff).map { upper in
      let isNegative = upper >= 0x8000
      let lowest = Float(bitPattern: upper << 16 | (isNegative ? 0xffff : 0))
      return UInt8(lowest.isNaN ? 255 : search(bounds, lowest))
    }
  }

  /// How many bounds lie below a value.
  private static func search(_ bounds: [Float], _ value: Float) -> Int {
    var (low, high) = (0, bounds.count)
    while low < high {
      let middle = (low + high) / 2
      if bounds[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// The 8-bit code on its own, to be compared with the library that it is taken from.
package enum DynamicCode {
  /// The 256 values in rising order.
  package static func values(signed: Bool) -> [Float] {
    (signed ? DynamicMap.signed : .unsigned).values
  }

  /// What storing makes of `values`, with the codes.
  package static func roundTrip(
    _ values: [Float], signed: Bool
  ) -> (codes: [UInt8], values: [Float]) {
    let moment = EightBitMoment(count: values.count, map: signed ? .signed : .unsigned)
    var (input, output) = (values, values)
    for start in stride(from: 0, to: values.count, by: EightBitMoment.block) {
      let range = start..<min(start + EightBitMoment.block, values.count)
      input.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { moment.write(range, from: base + start) }
      }
      output.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { moment.read(range, into: base + start) }
      }
    }
    return (Array(moment.codes), output)
  }
}
