internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What this process costs. Memory is told by Linux; `nil` elsewhere.
enum ProcessCost {
  /// Bytes resident now.
  static var resident: Int? { read("VmRSS") }
  /// The most bytes ever resident.
  static var peak: Int? { read("VmHWM") }

  /// Processor time of all threads so far, which other processes do not lengthen as they do the
  /// time on the clock.
  static var processorSeconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

  private static func read(_ name: String) -> Int? {
    guard let data = FileManager.default.contents(atPath: "/proc/self/status") else { return nil }
    let text = String(decoding: data, as: UTF8.self)
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name + ":") }) else {
      return nil
    }
    let number = line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first
    return number.map { $0 * 1024 }
  }
}
