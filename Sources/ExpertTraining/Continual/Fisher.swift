package import ExpertModel
internal import ExpertPlatform
internal import ExpertTensors
internal import Foundation

/// How much an adapter's task hangs on each of its weights: the diagonal of the empirical Fisher
/// information, the mean over examples of the squared gradient of log p(answer | prompt)
/// (Kirkpatrick et al. 2017), and where the weights stood.
///
/// The gradient is squared for each example alone: that of a batch is a mean in which examples
/// cancel, and its square says little of either.
package struct Fisher: Sendable, Hashable {
  /// One tensor of an adapter.
  package struct Tensor: Sendable, Hashable {
    package var shape: [Int]
    /// F, not below 0.
    package var importance: [Float]
    /// θ*.
    package var anchor: [Float]

    package init(shape: [Int], importance: [Float], anchor: [Float]) {
      self.shape = shape
      self.importance = importance
      self.anchor = anchor
    }
  }

  /// The file beside the adapter.
  package static let fileName = "ewc.safetensors"
  private static let importancePrefix = "fisher."
  private static let anchorPrefix = "anchor."

  /// By PEFT's names of the trained tensors.
  package var tensors: [String: Tensor]
  /// How many examples the mean is of.
  package var examples: Int

  package init(tensors: [String: Tensor], examples: Int) {
    self.tensors = tensors
    self.examples = examples
  }

  /// Estimates from `count` examples.
  ///
  /// `addGradient` adds the gradient of the negative log-likelihood of one example, the sum over its
  /// targets, to the adapter's parameters (`LikelihoodObjective`); it throws to cancel. Gradients
  /// that stood there before are lost.
  package init(
    of adapter: Adapter, examples count: Int, addGradient: (Int) throws -> Void
  ) rethrows {
    let trained = adapter.trained
    var sums = trained.map { [Double](repeating: 0, count: $0.count) }
    for example in 0..<count {
      adapter.clearGradients()
      try addGradient(example)
      for (number, parameter) in trained.enumerated() {
        for place in 0..<parameter.count {
          let slope = Double(parameter.gradient[place])
          sums[number][place] += slope * slope
        }
      }
    }
    adapter.clearGradients()
    let share = 1 / Double(max(1, count))
    tensors = [:]
    for (parameter, sum) in zip(trained, sums) {
      tensors[parameter.name] = Tensor(
        shape: parameter.shape, importance: sum.map { Float($0 * share) },
        anchor: parameter.array)
    }
    examples = count
  }

  /// Writes the file beside the adapter in `folder`.
  package func save(to folder: String) throws {
    let files = tensors.flatMap { name, tensor in
      [
        (Self.importancePrefix + name, tensor.shape, FloatBuffer(tensor.importance)),
        (Self.anchorPrefix + name, tensor.shape, FloatBuffer(tensor.anchor)),
      ]
    }
    try SafetensorsWriter.write(
      folder + "/" + Self.fileName, floats: files,
      metadata: SafetensorsWriter.defaultMetadata + [("examples", String(examples))])
  }

  /// Reads the file of a folder. Both halves of each tensor must be there, of one shape and finite.
  package static func load(_ folder: String) throws -> Fisher {
    let path = folder + "/" + fileName
    guard FileManager.default.fileExists(atPath: path) else {
      throw TrainingError.badFile(
        path: path, line: 1,
        message:
          "it is not there; train the earlier task with --fisher-examples 200, which writes it")
    }
    let file = try Safetensors(path)
    var tensors: [String: Tensor] = [:]
    for entry in file.entries where entry.name.hasPrefix(importancePrefix) {
      let name = String(entry.name.dropFirst(importancePrefix.count))
      let tensor = Tensor(
        shape: entry.shape, importance: try floats(entry.name, entry.shape, file),
        anchor: try floats(anchorPrefix + name, entry.shape, file))
      guard tensor.importance.allSatisfy({ $0 >= 0 }) else {
        throw TrainingError.badFile(path: path, line: 1, message: "\(name) is below 0")
      }
      tensors[name] = tensor
    }
    return Fisher(tensors: tensors, examples: file.metadata["examples"].flatMap(Int.init) ?? 0)
  }

  private static func floats(
    _ name: String, _ shape: [Int], _ file: Safetensors
  ) throws -> [Float] {
    guard let entry = file.entry(name), entry.type == .f32, entry.shape == shape else {
      throw TrainingError.badFile(
        path: file.path, line: 1, message: "\(name) is missing, or of another shape or type")
    }
    let values = try file.tensor(name).floats().array
    guard values.allSatisfy(\.isFinite) else {
      throw TrainingError.badFile(path: file.path, line: 1, message: "\(name) holds no numbers")
    }
    return values
  }
}
