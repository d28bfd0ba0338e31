internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors
internal import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct PackageTests {
  @Test func theGoldenFilesAreTheOnesOfTheirList() throws {
    let list = try String(contentsOfFile: Fixture.golden + "/SHA256SUMS", encoding: .utf8)
    let lines = list.split(separator: "\n")
    #expect(lines.count == 11)
    for line in lines {
      let parts = line.split(separator: " ")
      let bytes = try Data(contentsOf: URL(filePath: Fixture.golden + "/" + parts[1]))
      #expect(SHA256.hash(Array(bytes)).hex == parts[0], "\(parts[1])")
    }
  }

  @Test(arguments: ["lora", "rslora", "dora", "ia3", "prompt"])
  func anAdapterOfPEFTBecomesAPackageAndComesBackWhole(_ method: String) throws {
    let folder = try TemporaryFolder()
    let source = Fixture.golden + "/" + method
    let plan = try PackagePlan.plans(folder: source, Fixture.request("e-\(method)"))[0]
    let written = try PackageWriter(signer: Fixture.key(), clock: Fixture.clock)
      .write(plan, intoFolder: folder.path)
    #expect(written.path.hasSuffix("/e-\(method).v1.0.0.expert"))
    let installer = try Fixture.installer(folder)
    let outcome = try installer.install(try InputFile(written.path), source: "test")
    #expect(outcome.expert.signer == Fixture.key().publicKey)
    let weights =
      outcome.expert.manifest.softPrompts.first?.path
      ?? outcome.expert.manifest.bases[0].adapters[0].path
    let old = try Data(contentsOf: URL(filePath: source + "/adapter_model.safetensors"))
    let new = try Data(contentsOf: URL(filePath: outcome.expert.folder + "/" + weights))
    #expect(old == new)
    let adapter = outcome.expert.manifest.bases[0].adapters.first
    let expected: [String: (AdapterType?, AdapterScaling?, Int?)] = [
      "lora": (.lora, .standard, 8), "rslora": (.lora, .rslora, 8), "dora": (.dora, .standard, 8),
      "ia3": (.ia3, .standard, nil), "prompt": (nil, nil, nil),
    ]
    #expect(adapter?.type == expected[method]?.0)
    #expect(adapter?.scaling == expected[method]?.1)
    #expect(adapter?.rank == expected[method]?.2)
  }

  @Test func theSameInputKeyAndTimeGiveTheSameBytes() throws {
    let folders = [try TemporaryFolder(), try TemporaryFolder()]
    let files = try folders.map { try Data(contentsOf: URL(filePath: Fixture.package(in: $0))) }
    #expect(files[0] == files[1])
    // The test's own writer knows nothing of the program's.
    #expect(try Array(files[0]) == ArchiveBuilder.small().bytes())
  }

  @Test func gunzipAndTarReadIt() throws {
    let folder = try TemporaryFolder()
    let path = try Fixture.package(in: folder)
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", "gunzip -c < \"$0\" | tar xf - -C \"$1\"", path, folder.path]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
    let names = Set(Fixture.tree(folder.path))
    for name in ["manifest.json", "signature.sig", "adapter_config.json", "weights.safetensors"] {
      #expect(names.contains(name))
    }
  }

  /// Sizes around the length of a stored block, header of the tar included.
  @Test(arguments: [0, 1, 511, 512, 513, 64_510, 64_511, 64_512, 65_535, 65_536, 131_070, 200_001])
  func everySizeOfAMemberSurvivesBothReaders(_ size: Int) throws {
    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let scratch = try ScratchFile()
    let writer = try ArchiveWriter { try scratch.write($0) }
    _ = try writer.add("a.txt", .bytes(body))
    try writer.finish()
    let file = try InputFile(duplicating: scratch.descriptor, path: "test")
    let tarBytes = 512 + size + TarHeader.padding(size) + 1024
    #expect(file.size == StoredGzip.fileBytes(ofTar: tarBytes))
    let streams: [any ByteStream] = [
      try StoredGzipStream(try file.bytes()), try InflateStream(try file.bytes()),
    ]
    for stream in streams {
      let reader = TarReader(stream, strict: true)
      #expect(try reader.next() == TarMember(name: "a.txt", size: size))
      #expect(try reader.wholeBody() == body)
      #expect(try reader.next() == nil)
    }
  }

  @Test func factsOfTheRunReachTheManifestAndFiguresOnlyFromMeasurements() throws {
    let folder = try TemporaryFolder()
    try Fixture.adapter(in: folder.file("adapter"))
    let run: JSONValue = [
      "base_model": [
        "name": "Qwen/Qwen3-0.6B", "sha256": .string(String(repeating: "ab", count: 32)),
      ],
      "dataset": ["name": "json", "version": "3", "commit": "c0ffee", "root": "beef"],
      "objective": "sft", "method": "lora-fa", "epochs": 3, "lr": 2e-4, "seed": 7,
      "prompt_template": ["name": "chatml", "sha256": .string(String(repeating: "cd", count: 32))],
    ]
    try AtomicFile.write(folder.file("adapter/run.json"), CanonicalJSON.bytes(of: run))
    try write(
      Fixture.evaluation(of: folder.file("adapter"), base: sum("ab")), "evaluation.json", folder)
    try write(
      Fixture.benchmark(of: folder.file("adapter"), base: sum("ab")), "benchmark.json", folder)
    let plan = try PackagePlan.plans(folder: folder.file("adapter"), Fixture.request())[0]
    let manifest = try Manifest(plan.manifest)
    #expect(manifest.bases[0].model.name == "Qwen/Qwen3-0.6B")
    #expect(manifest.bases[0].adapters[0].type == .loraFA)
    #expect(manifest.bases[0].templateName == "chatml")
    #expect(manifest.training?.datasetCommit == "c0ffee")
    #expect(manifest.training?.method == "sft")
    #expect(manifest.training?.learningRate == 2e-4)
    #expect(
      manifest.json["quality_metrics"] == [
        "base_model_score": 0.25, "benchmark_score": 0.75, "checkpoint": "step-4",
        "improvement_percent": 200, "test_date": "2026-01-02", "test_queries": 2,
        "win_rate_vs_base": 0.75,
      ])
    #expect(manifest.json["perf"]?["latency_ms_overhead"] == 1.5)
    #expect(!plan.notes.contains { $0.contains("eval run") })
  }

  private func write(_ json: JSONValue, _ name: String, _ folder: TemporaryFolder) throws {
    try AtomicFile.write(folder.file("adapter/" + name), CanonicalJSON.bytes(of: json))
  }

  /// What is edited, and the value that is typed in.
  private static let edits: [(path: [String], value: JSONValue?)] = [
    (["format"], nil), (["format"], "expert-gen evaluation 2"), (["examples"], nil),
    (["examples"], []), (["quality_metrics", "benchmark_score"], 0.99),
    (["quality_metrics", "base_model_score"], 0.1), (["quality_metrics", "benchmark_score"], nil),
    (["quality_metrics", "improvement_percent"], 900),
    (["quality_metrics", "win_rate_vs_base"], 1), (["quality_metrics", "test_queries"], 2000),
    (["quality_metrics", "test_date"], "2030-01-01"), (["quality_metrics", "accuracy"], 1),
    (["quality_metrics", "checkpoint"], "step-9"), (["quality_metrics"], nil),
    (["benchmark", "score"], 1), (["benchmark", "base", "score"], 0), (["count"], 3),
    (["provenance"], nil), (["provenance", "adapter_sha256"], nil),
    (["provenance", "adapter_sha256"], .string(String(repeating: "cd", count: 32))),
    (["provenance", "base_sha256"], nil),
    (["provenance", "base_sha256"], .string(String(repeating: "cd", count: 32))),
  ]

  @Test(arguments: edits.indices)
  func anEvaluationThatWasTypedInIsRefused(_ index: Int) throws {
    let (folder, base) = (try TemporaryFolder(), sum("ab"))
    try Fixture.adapter(in: folder.file("adapter"))
    let template: JSONValue = ["base_model": ["name": "tiny", "sha256": .string(base)]]
    func pack() throws -> PackagePlan {
      try PackagePlan.plans(
        folder: folder.file("adapter"), Fixture.request(template: template))[0]
    }
    let report = try Fixture.evaluation(of: folder.file("adapter"), base: base)
    try write(report, "evaluation.json", folder)
    #expect(try pack().manifest["quality_metrics"]?["test_queries"] == 2)
    let (path, value) = Self.edits[index]
    try write(report.setting(path, to: value), "evaluation.json", folder)
    #expect(throws: PackageError.self, "\(path)") { try pack() }
  }

  @Test(arguments: [["format"], ["adapter_sha256"], ["base_sha256"], ["perf"]])
  func aBenchmarkWithoutItsOriginIsRefused(_ path: [String]) throws {
    let (folder, base) = (try TemporaryFolder(), sum("ab"))
    try Fixture.adapter(in: folder.file("adapter"))
    let template: JSONValue = ["base_model": ["name": "tiny", "sha256": .string(base)]]
    let report = try Fixture.benchmark(of: folder.file("adapter"), base: base)
    for value in [nil, JSONValue.string(sum("00"))] {
      try write(report.setting(path, to: value), "benchmark.json", folder)
      #expect(throws: PackageError.self) {
        try PackagePlan.plans(folder: folder.file("adapter"), Fixture.request(template: template))
      }
    }
    try write(report, "benchmark.json", folder)
    let plan = try PackagePlan.plans(
      folder: folder.file("adapter"), Fixture.request(template: template))[0]
    #expect(plan.manifest["perf"]?["latency_ms_overhead"] == 1.5)
  }

  @Test func figuresThatDoNotSpeakForTheExpertStayOutAndAreSaid() throws {
    let folder = try TemporaryFolder()
    let adapter = folder.file("adapter")
    try Fixture.adapter(in: adapter)
    func notes(_ change: (JSONValue) -> JSONValue) throws -> (JSONValue, [String]) {
      try write(
        change(try Fixture.evaluation(of: adapter, base: sum("ab"))), "evaluation.json", folder)
      let plan = try PackagePlan.plans(folder: adapter, Fixture.request())[0]
      return (plan.manifest, plan.notes)
    }
    for (change, said) in [
      ({ $0.setting(["provenance", "split"], to: "train") }, "the split train"),
      ({ $0.setting(["leaks", "leaks"], to: [["rid": "a", "kind": "exact"]]) }, "trained on"),
    ] as [((JSONValue) -> JSONValue, String)] {
      let (manifest, notes) = try notes(change)
      #expect(manifest["quality_metrics"] == nil && manifest["evaluation"] == nil)
      #expect(notes.contains { $0.contains("left out") && $0.contains(said) }, "\(notes)")
    }
    for (change, said) in [
      (
        {
          $0.setting(["provenance", "limit"], to: 2).setting(
            ["provenance", "split_records"], to: 50)
        }, "2 of the 50 records"
      ),
      ({ $0.setting(["leaks", "unknown"], to: ["nothing records …"]) }, "not known in full"),
      ({ $0.setting(["leaks"], to: .null) }, "not known in full"),
    ] as [((JSONValue) -> JSONValue, String)] {
      let (manifest, notes) = try notes(change)
      #expect(manifest["quality_metrics"]?["benchmark_score"] == 0.75)
      #expect(notes.contains { $0.contains(said) }, "\(notes)")
    }
    try FileManager.default.removeItem(atPath: adapter + "/evaluation.json")
    let plan = try PackagePlan.plans(folder: adapter, Fixture.request())[0]
    #expect(
      plan.notes.filter { $0.contains("expert-gen eval run --expert \(adapter)") }.count == 2)
  }

  @Test func whatEarlierRunsLearnedFromReachesTheManifest() throws {
    let folder = try TemporaryFolder()
    try Fixture.adapter(in: folder.file("adapter"))
    func trained(_ run: JSONValue) throws -> [TrainedData] {
      try write(run, "run.json", folder)
      let plan = try PackagePlan.plans(folder: folder.file("adapter"), Fixture.request())[0]
      return try #require(try Manifest(plan.manifest).training).trained
    }
    let own = TrainedData(dataset: .init(name: "b", version: "v2", commit: "c2", root: "r2"))
    let earlier = TrainedData(dataset: .init(name: "a", commit: "c1"), adapter: sum("11"))
    let run: JSONValue = [
      "dataset": ["name": "b", "version": "v2", "commit": "c2", "root": "r2"],
      "start_adapter_sha256": .string(sum("22")),
    ]
    #expect(
      try trained(run.setting(["ancestors"], to: .array([earlier.json]))) == [own, earlier])
    // A run of an older version says that it went on from something, and not from what.
    #expect(try trained(run) == [own, TrainedData(dataset: nil, adapter: sum("22"))])
    // A merged adapter has no data of its own.
    let merged: JSONValue = ["method": "merge-cat", "ancestors": .array([own.json, earlier.json])]
    #expect(try trained(merged) == [own, earlier])
    // What is no dataset tells nothing, and a manifest that has such a thing is refused.
    let bent: JSONValue = [["dataset": ["name": 7]]]
    #expect(try trained(merged.setting(["ancestors"], to: bent)) == [TrainedData(dataset: nil)])
    let plan = try PackagePlan.plans(folder: folder.file("adapter"), Fixture.request())[0]
    #expect(throws: PackageError.self) {
      try Manifest(plan.manifest.setting(["training", "ancestors"], to: bent))
    }
  }

  @Test func aRunsOwnRecordAndAStoredEvaluationAreRead() throws {
    let folder = try TemporaryFolder()
    try Fixture.adapter(in: folder.file("adapter"))
    let run: JSONValue = [
      "format": "expert-gen/run/v1", "base_model": ["name": "tiny", "sha256": .string(sum("ab"))],
      "dataset": ["name": "json", "version": "1.0.0", "commit": "c", "root": "r"],
      "config": [
        "objective": "dpo", "method": "lora-fa", "num_train_epochs": 2, "learning_rate": 5e-5,
        "quantize": "int4",
      ],
      "seed": "42", "ended": 1_700_000_000_000_000, "tool_version": "0.1.0",
    ]
    try AtomicFile.write(folder.file("adapter/run.json"), CanonicalJSON.bytes(of: run))
    try write(
      Fixture.evaluation(of: folder.file("adapter"), base: sum("ab")), "evaluation.json", folder)
    let plan = try PackagePlan.plans(folder: folder.file("adapter"), Fixture.request())[0]
    let manifest = try Manifest(plan.manifest)
    #expect(manifest.bases[0].model.quantization == "int4")
    #expect(manifest.training?.method == "dpo")
    #expect(manifest.training?.epochs == 2 && manifest.training?.learningRate == 5e-5)
    #expect(manifest.training?.seed == 42)
    #expect(manifest.training?.trainedOn == "2023-11-14T22:13:20Z")
    #expect(manifest.bases[0].adapters[0].type == .loraFA)
    #expect(manifest.json["quality_metrics"]?["benchmark_score"] == 0.75)
    #expect(manifest.json["evaluation"]?["count"] == 2)
    #expect(!CanonicalJSON.text(of: manifest.json).contains("private"))
  }

  /// A digest of one repeated byte.
  private func sum(_ byte: String) -> String { String(repeating: byte, count: 32) }

  @Test(arguments: ["perf", "quality_metrics", "evaluation"])
  func figuresTypedIntoATemplateAreRefused(_ name: String) throws {
    let folder = try TemporaryFolder()
    let template = JSONValue.object([]).setting([name], to: ["score": 1])
    #expect(throws: PackageError.self) { try Fixture.package(in: folder, template: template) }
    _ = try Fixture.package(in: folder, template: ["custom_key": "kept"])
  }

  @Test func aTemplateOfTwoBasesGivesAPackageForEach() throws {
    let folder = try TemporaryFolder()
    try Fixture.adapter(in: folder.file("adapter/qwen"))
    try Fixture.adapter(in: folder.file("adapter/llama"), rank: 3)
    func base(_ name: String, _ path: String) -> JSONValue {
      ["name": .string(name), "adapters": [["path": .string(path)]], "prompt_template": "chat"]
    }
    let template: JSONValue = [
      "schema_version": "2.0", "x_kept": [1, 2],
      "base_models": [base("Qwen3-0.6B", "qwen"), base("org/Llama 3", "llama")],
    ]
    let plans = try PackagePlan.plans(
      folder: folder.file("adapter"), Fixture.request(template: template))
    let writer = PackageWriter(signer: Fixture.key(), clock: Fixture.clock)
    let written = try plans.map { try writer.write($0, intoFolder: folder.path) }
    #expect(
      written.map { PathText.name(of: $0.path) } == [
        "tiny-qwen3-0.6b.v1.0.0.expert", "tiny-llama-3.v1.0.0.expert",
      ])
    #expect(written.map { $0.manifest.bases.count } == [1, 1])
    #expect(written[1].manifest.bases[0].adapters[0].rank == 3)
    #expect(written[0].manifest.json["x_kept"] == [1, 2])
    let installer = try Fixture.installer(folder)
    for package in written {
      _ = try installer.install(try InputFile(package.path), source: "test")
    }
    #expect(try installer.registry.list().map(\.slug) == ["tiny-llama-3", "tiny-qwen3-0.6b"])
    #expect(throws: PackageError.self) { try installer.registry.expert(named: "tiny") }
    #expect(try installer.registry.expert(named: "tiny-llama-3").version.description == "1.0.0")
  }

  @Test func damagedWeightsAreFoundBeforeAPackageAppears() throws {
    let folder = try TemporaryFolder()
    try Fixture.adapter(in: folder.file("adapter"))
    let path = folder.file("adapter/adapter_model.safetensors")
    var bytes = Array(try Data(contentsOf: URL(filePath: path)))
    bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0xc0, 0x7f])
    try Data(bytes).write(to: URL(filePath: path))
    #expect(throws: PackageError.self) { try Fixture.package(in: folder) }
    #expect(!Fixture.tree(folder.path).contains { $0.contains("expert") || $0.hasSuffix(".part") })
  }

  @Test func aBaseOfOtherShapesIsRefusedAndAnotherHashIsSaidForEver() throws {
    let folder = try TemporaryFolder()
    func base(_ name: String, _ shape: [Int], _ fill: Float) throws -> String {
      let path = folder.file(name + ".safetensors")
      try SafetensorsWriter.write(
        path, [SafetensorsEntry("model.layers.0.self_attn.q_proj.weight", .f32, shape: shape)]
      ) { entry, put in
        try [Float](repeating: fill, count: shape.reduce(1, *)).withUnsafeBytes { try put($0) }
      }
      return path
    }
    let mine = try base("mine", [4, 4], 1)
    try Fixture.adapter(in: folder.file("adapter"))
    var request = Fixture.request()
    request.base = mine
    let plan = try PackagePlan.plans(folder: folder.file("adapter"), request)[0]
    let path = try PackageWriter(signer: Fixture.key(), clock: Fixture.clock)
      .write(plan, intoFolder: folder.path).path
    let installer = try Fixture.installer(folder)
    func install(_ base: String) throws -> Installer.Outcome {
      var options = Installer.Options()
      options.base = InstallationBase(name: base, path: base)
      return try installer.install(try InputFile(path), source: "test", options)
    }
    let wide = try base("wide", [4, 8], 1)
    #expect(throws: PackageError.self) { try install(wide) }
    #expect(try installer.registry.list().isEmpty)
    #expect(Fixture.tree(folder.file("home/experts")).isEmpty)
    #expect(try install(mine).expert.warning == nil)
    _ = try installer.uninstall("tiny")
    #expect(try install(base("other", [4, 4], 2)).expert.warning != nil)
    #expect(try installer.registry.expert(named: "tiny").warning?.contains("another hash") == true)
  }
}
