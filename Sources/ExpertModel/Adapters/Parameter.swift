package import ExpertTensors

/// One trained tensor, or one that an adapter keeps frozen: its values and its gradient.
package final class Parameter: Sendable {
  /// PEFT's name of the tensor.
  package let name: String
  package let shape: [Int]
  /// Whether the optimiser changes it.
  package let isTrained: Bool
  /// Whether it is the B of LoRA, whose learning rate LoRA+ raises.
  package let isOutputSide: Bool
  private let values: FloatBuffer
  private let gradients: FloatBuffer
  private let offset: Int

  /// A parameter at `offset` floats into shared memory: parameters that are multiplied together
  /// lie together.
  package init(
    name: String, shape: [Int], isTrained: Bool = true, isOutputSide: Bool = false,
    values: FloatBuffer, gradients: FloatBuffer, offset: Int = 0
  ) {
    precondition(offset + shape.reduce(1, *) <= values.count, "\(name) lies outside its memory")
    self.name = name
    self.shape = shape
    self.isTrained = isTrained
    self.isOutputSide = isOutputSide
    self.values = values
    self.gradients = gradients
    self.offset = offset
  }

  /// A parameter with memory of its own.
  package convenience init(
    name: String, shape: [Int], isTrained: Bool = true, isOutputSide: Bool = false
  ) {
    let count = shape.reduce(1, *)
    self.init(
      name: name, shape: shape, isTrained: isTrained, isOutputSide: isOutputSide,
      values: FloatBuffer(count: count), gradients: FloatBuffer(count: count))
  }

  package var count: Int { shape.reduce(1, *) }
  /// The values, row-major.
  package var value: UnsafeMutablePointer<Float> { values.base + offset }
  /// The sum of gradients since it was last cleared; as long as the values.
  package var gradient: UnsafeMutablePointer<Float> { gradients.base + offset }
  /// The values as an array: for reports and tests.
  package var array: [Float] { Array(UnsafeBufferPointer(start: value, count: count)) }

  /// Sets the gradient to zero.
  package func clearGradient() { gradient.update(repeating: 0, count: count) }
}
