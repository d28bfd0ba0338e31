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
