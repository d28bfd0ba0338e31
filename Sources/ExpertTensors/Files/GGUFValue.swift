/// A value of a GGUF file's metadata. Numbers of every width become the widest of their kind.
package enum GGUFValue: Sendable, Hashable {
  case bool(Bool)
  case integer(Int64)
  /// A 64-bit number without sign that no `Int64` holds.
  case unsigned(UInt64)
  /// A 32-bit number keeps its value exactly.
  case float(Double)
  case string(String)
  case bools([Bool])
  case integers([Int64])
  case floats([Double])
  case strings([String])

  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var integer: Int? { if case .integer(let value) = self { Int(value) } else { nil } }
  /// A float, or a whole number that is one exactly.
  package var number: Double? {
    switch self {
    case .float(let value): value
    case .integer(let value): Double(exactly: value)
    default: nil
    }
  }
  package var strings: [String]? { if case .strings(let values) = self { values } else { nil } }
  package var integers: [Int]? {
    if case .integers(let values) = self { values.map { Int($0) } } else { nil }
  }
  package var floats: [Double]? { if case .floats(let values) = self { values } else { nil } }
}

/// The type codes of GGUF metadata.
enum GGUFValueType: UInt32 {
  case u8 = 0
  case i8, u16, i16, u32, i32, f32, bool, string, array, u64, i64, f64

  /// The least number of bytes that one value takes.
  var leastBytes: Int {
    switch self {
    case .u8, .i8, .bool: 1
    case .u16, .i16: 2
    case .u32, .i32, .f32: 4
    case .u64, .i64, .f64, .string: 8
    case .array: 12
    }
  }
}
