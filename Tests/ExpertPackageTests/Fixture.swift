internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors
internal import ExpertTestSupport
internal import Foundation

/// Adapters and packages that tests start from.
enum Fixture {
  /// The time of everything that tests pack.
  static let clock = SystemClock(environment: ["SOURCE_DATE_EPOCH": "1700000000"])

  /// A key that the same number gives on every run.
  static func key(_ number: UInt8 = 1) -> SigningKey {
    var seed = [UInt8](repeating: number, count: 32)
    return SigningKey(seed: SecretBytes(moving: &seed))
  }

  static var golden: String {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden").path
  }

  /// A LoRA adapter of rank 2 on one module: small enough to flip every bit of its package.
  static func adapter(in folder: String, rank: Int = 2, width: Int = 4) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let module = "base_model.model.model.layers.0.self_attn.q_proj"
    let values = (0..<rank * width).map { Float($0) * 0.25 - 1 }
    try SafetensorsWriter.write(
      folder + "/adapter_model.safetensors",
      [
        SafetensorsEntry("\(module).lora_A.weight", .f32, shape: [rank, width]),
        SafetensorsEntry("\(module).lora_B.weight", .f32, shape: [width, rank]),
      ]
    ) { _, put in try values.withUnsafeBytes { try put($0) } }
    let config: JSONValue = [
      "peft_type": "LORA", "base_model_name_or_path": "tiny", "r": .number(Double(rank)),
      "lora_alpha": 4, "target_modules": ["q_proj"],
    ]
    try AtomicFile.write(folder + "/adapter_config.json", CanonicalJSON.bytes(of: config))
  }

  /// A stored evaluation of the adapter in a folder: the deciding scores of expert and base, example
  /// by example, with the figures that follow from them.
  static func evaluation(
    of folder: String, base: String,
    scores: [(expert: Double, base: Double)] = [(1, 0), (0.5, 0.5)]
  ) throws -> JSONValue {
    let mine = scores.map(\.expert).reduce(0, +) / Double(scores.count)
    let theirs = scores.map(\.base).reduce(0, +) / Double(scores.count)
    let wins = scores.map { $0.expert > $0.base ? 1 : $0.expert == $0.base ? 0.5 : 0 }.reduce(0, +)
    let improvement = theirs > 0 ? JSONValue.number(100 * (mine - theirs) / theirs) : .null
    return [
      "format": "expert-gen evaluation 1", "count": .number(Double(scores.count)),
      "benchmark": ["score": .number(mine), "base": ["score": .number(theirs)]],
      "examples": .array(
        scores.map { one -> JSONValue in
          [
            "prompt": "private", "scores": ["benchmark": .number(one.expert)],
            "base_scores": ["benchmark": .number(one.base)],
          ]
        }),
      "leaks": ["tested": .number(Double(scores.count)), "leaks": [], "unknown": []],
      "provenance": [
        "adapter_sha256": .string(try weightsHash(folder)), "base_sha256": .string(base),
        "split": "test", "date": "2026-01-02T03:04:05Z", "checkpoint": "step-4",
      ],
      "quality_metrics": [
        "base_model_score": .number(theirs), "benchmark_score": .number(mine),
        "checkpoint": "step-4", "improvement_percent": improvement, "test_date": "2026-01-02",
        "test_queries": .number(Double(scores.count)),
        "win_rate_vs_base": .number(wins / Double(scores.count)),
      ],
    ]
  }

  /// A stored measurement of what the adapter in a folder costs.
  static func benchmark(of folder: String, base: String) throws -> JSONValue {
    [
      "format": "expert-gen benchmark 1", "adapter_sha256": .string(try weightsHash(folder)),
      "base_sha256": .string(base), "perf": ["latency_ms_overhead": 1.5],
    ]
  }

  private static func weightsHash(_ folder: String) throws -> String {
    try SHA256.hash(file: folder + "/adapter_model.safetensors").hex
  }

  static func request(
    _ name: String = "tiny", _ version: String = "1.0.0", template: JSONValue? = nil
  ) -> PackagingRequest {
    var request = PackagingRequest()
    request.name = name
    request.version = version
    request.template = template
    return request
  }

  /// Packs the small adapter; `key` is `nil` for an unsigned package.
  static func package(
    in folder: TemporaryFolder, _ name: String = "tiny", _ version: String = "1.0.0",
    key: SigningKey? = Fixture.key(), template: JSONValue? = nil
  ) throws -> String {
    let adapter = folder.file("adapter")
    if !FileManager.default.fileExists(atPath: adapter) { try self.adapter(in: adapter) }
    let plan = try PackagePlan.plans(
      folder: adapter, request(name, version, template: template))[0]
    return try PackageWriter(signer: key, clock: clock).write(plan, intoFolder: folder.path).path
  }

  /// An installer of a home of its own that trusts the first key.
  static func installer(_ folder: TemporaryFolder, trusting keys: [SigningKey]? = nil) throws
    -> Installer
  {
    let installer = try Installer(ExpertHome(folder.file("home")), clock: clock)
    for key in keys ?? [Fixture.key()] {
      _ = try installer.trust.add(key.publicKey, label: "test", clock: clock)
    }
    return installer
  }

  /// Every path below a folder, sorted.
  static func tree(_ folder: String) -> [String] {
    (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).sorted()
  }
}

/// Bytes as an open file.
func opened(_ bytes: [UInt8]) throws -> InputFile {
  let scratch = try ScratchFile()
  try scratch.write(bytes)
  return try InputFile(duplicating: scratch.descriptor, path: "test")
}

/// Verifies bytes for the first key.
func verify(_ bytes: [UInt8], allowUnsigned: Bool = false) throws -> VerifiedPackage {
  let key = Fixture.key().publicKey
  return try PackageVerifier(VerificationRules(allowUnsigned: allowUnsigned) { $0 == key })
    .verify(try opened(bytes))
}

/// Why verification refuses bytes; `nil` when it takes them. Other errors pass through.
func refusal(_ bytes: [UInt8], allowUnsigned: Bool = false) throws -> String? {
  do {
    _ = try verify(bytes, allowUnsigned: allowUnsigned)
    return nil
  } catch let error as PackageError {
    guard case .refused(let member, let reason) = error else { throw error }
    return "\(member): \(reason)"
  }
}
