internal import CKernels

/// Which instructions the kernels may use, best last. `EXPERT_ISA` forces the process's choice;
/// tests and benchmarks pass one explicitly.
package enum InstructionSet: Int, Sendable, Hashable, CaseIterable, Comparable {
  case scalar = 0
  case avx2 = 1
  case avx512 = 2
  case avx512bf16 = 3

  /// The best one that this processor has and the environment allows.
  package static let current =
    InstructionSet(rawValue: Int(expert_isa_current().rawValue))
    .map(KernelCheck.trusted) ?? .scalar

  /// Those that can run here.
  package static var available: [InstructionSet] {
    let best = Int(expert_isa_current().rawValue)
    return allCases.filter { $0.rawValue <= best }
  }

  /// The name by which `EXPERT_ISA` knows it.
  package var name: String { "\(self)" }

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  var kernels: expert_isa { expert_isa(UInt32(rawValue)) }
}
