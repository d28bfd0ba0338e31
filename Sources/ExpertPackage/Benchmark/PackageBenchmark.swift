internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors
internal import Foundation

/// Measures packing with a signature and verification on a made-up LoRA adapter.
package struct PackageBenchmark {
  /// What was measured.
  package struct Report: Sendable, Hashable {
    /// Bytes of the package.
    package var bytes: Int
    package var packSeconds: Double
    package var verifySeconds: Double
    package var installSeconds: Double

    package var verifyMegabytesPerSecond: Double { Double(bytes) / verifySeconds / 1e6 }
  }

  /// Bytes of weights; 40 MB is a LoRA adapter of rank 16 on a model of 0.6 billion parameters.
  package var weightBytes = 40_000_000
  /// Verifications, of which the median counts.
  package var repeats = 7
  private let folder: String

  /// Works in a folder that exists and is the caller's to remove.
  package init(folder: String) { self.folder = folder }

  package func run() throws -> Report {
    try writeAdapter()
    let key = SigningKey()
    var request = PackagingRequest()
    request.name = "bench"
    request.version = "1.0.0"
    let writer = PackageWriter(signer: key, clock: SystemClock())
    let start = ContinuousClock.now
    let plan = try PackagePlan.plans(folder: folder, request)[0]
    let written = try writer.write(plan, intoFolder: folder)
    let packed = ContinuousClock.now
    let times = try (0..<repeats).map { _ in try verifySeconds(written.path, key.publicKey) }
    let installing = ContinuousClock.now
    var options = Installer.Options()
    options.onlyKey = key.publicKey
    let installer = try Installer(ExpertHome(folder + "/home"), clock: SystemClock())
    _ = try installer.install(try InputFile(written.path), source: written.path, options)
    return Report(
      bytes: written.size, packSeconds: (packed - start) / .seconds(1),
      verifySeconds: times.sorted()[repeats / 2],
      installSeconds: (ContinuousClock.now - installing) / .seconds(1))
  }

  private func verifySeconds(_ path: String, _ key: PublicKey) throws -> Double {
    let start = ContinuousClock.now
    _ = try PackageVerifier(.only(key)).verify(try InputFile(path))
    return (ContinuousClock.now - start) / .seconds(1)
  }

  /// A LoRA adapter of rank 16 with as many layers as fill the size, filled with small numbers.
  private func writeAdapter() throws {
    let width = 1024
    let rank = 16
    let layers = max(1, weightBytes / (2 * width * rank * 4))
    var generator = SeededGenerator(seed: 0, stream: "bench/package")
    let values = (0..<width * rank).map { _ in Float(generator.unit() - 0.5) * 0.02 }
    let entries = (0..<layers).flatMap { layer in
      [("lora_A", [rank, width]), ("lora_B", [width, rank])].map { part, shape in
        SafetensorsEntry(
          "base_model.model.model.layers.\(layer).self_attn.q_proj.\(part).weight", .f32,
          shape: shape)
      }
    }
    try SafetensorsWriter.write(folder + "/adapter_model.safetensors", entries) { _, put in
      try values.withUnsafeBytes { try put($0) }
    }
    let config: JSONValue = [
      "peft_type": "LORA", "base_model_name_or_path": "bench", "r": .number(Double(rank)),
      "lora_alpha": 16, "target_modules": ["q_proj"], "task_type": "CAUSAL_LM",
    ]
    try AtomicFile.write(folder + "/adapter_config.json", CanonicalJSON.bytes(of: config))
  }
}
