internal import CKernels
internal import Foundation

/// What the machine is, for reports that quote figures: without it a figure says nothing.
package struct MachineFacts: Sendable, Hashable {
  /// The processor's name as the system gives it, or its architecture.
  package var processor: String
  /// Processors that this process may use.
  package var cores: Int
  /// Memory in bytes.
  package var memory: Int
  /// The best instruction set the kernels use, as `EXPERT_ISA` spells it.
  package var instructionSet: String
  /// The system's name and release.
  package var system: String

  /// Asks the system.
  package static func current() -> MachineFacts {
    MachineFacts(
      processor: processorName() ?? architecture,
      cores: ProcessInfo.processInfo.activeProcessorCount,
      memory: Int(ProcessInfo.processInfo.physicalMemory),
      instructionSet: String(cString: expert_isa_name(expert_isa_current())),
      system: ProcessInfo.processInfo.operatingSystemVersionString)
  }

  /// The most memory this process has held so far, in bytes.
  package static func peakMemory() -> Int {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  /// Processor time of this process so far, user and system together.
  package static func processorTime() -> Duration {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    let microseconds = Int(usage.ru_utime.tv_usec) + Int(usage.ru_stime.tv_usec)
    return .seconds(seconds) + .microseconds(microseconds)
  }

  private static func processorName() -> String? {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return nil
    }
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":", maxSplits: 1).last.map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }

  #if arch(x86_64)
    private static let architecture = "x86_64"
  #elseif arch(arm64)
    private static let architecture = "arm64"
  #else
    private static let architecture = "unknown processor"
  #endif
}
