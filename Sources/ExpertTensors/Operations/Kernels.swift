package import CKernels

/// The compiled kernels of one instruction set.
///
/// Operations take the best that the processor has; tests name another to compare them all.
///
/// `@unchecked Sendable`: the table is constant.
package struct Kernels: @unchecked Sendable, CustomStringConvertible {
  /// The instruction set that `EXPERT_ISA` allows and the processor has.
  package static let current = Kernels(expert_isa_current())

  /// Every instruction set that this process may use, the slowest first.
  package static var available: [Kernels] {
    (0...expert_isa_current().rawValue).map { Kernels(expert_isa($0)) }
  }

  package let isa: expert_isa
  /// The instruction set as `EXPERT_ISA` spells it.
  package var description: String { String(cString: expert_isa_name(isa)) }
  let table: UnsafePointer<expert_operations>

  /// The kernels of `isa`, which the processor must have.
  package init(_ isa: expert_isa) {
    self.isa = isa
    table = expert_operations_of(Int32(isa.rawValue))
  }
}

/// fp32 memory that an operation reads.
package typealias Floats = UnsafePointer<Float>
/// fp32 memory that an operation writes.
package typealias MutableFloats = UnsafeMutablePointer<Float>

/// How many rows one task takes so that it lasts some microseconds: about 16,000 elements.
func rowGrain(_ elementsPerRow: Int) -> Int { max(1, 16_384 / max(1, elementsPerRow)) }
