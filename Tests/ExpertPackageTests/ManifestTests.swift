internal import ExpertPackage
internal import ExpertRecord
import Testing

@Suite struct ManifestTests {
  private let single: JSONValue = [
    "name": "json-parser", "version": "1.2.0", "x_future": ["kept": true],
    "base_model": [
      "name": "Qwen3-0.6B", "sha256": .string(String(repeating: "a1", count: 32)),
      "quantization": "int4", "rope_scaling": "yarn-128k",
    ],
    "adapters": [
      ["type": "lora", "target_modules": ["q_proj"], "r": 16, "alpha": 16, "scaling": "standard"]
    ],
    "training": ["dataset": "synthetic-json-5k", "method": "sft", "epochs": 3],
    "limitations": ["no XML", ["pattern": "huge", "description": "slow", "workaround": "split"]],
    "routing": ["keywords": ["json"], "priority": 0.8],
  ]

  @Test func aManifestOfTheGuideIsReadAndItsUnknownMembersAreKept() throws {
    let manifest = try Manifest(single)
    #expect(manifest.form == .single)
    #expect(manifest.slug == "json-parser")
    #expect(manifest.fileName == "json-parser.v1.2.0.expert")
    #expect(manifest.bases[0].model.ropeScaling == .named("yarn-128k"))
    #expect(manifest.bases[0].adapters[0].rank == 16)
    #expect(manifest.training?.datasetName == "synthetic-json-5k")
    #expect(manifest.limitations.map(\.description) == ["no XML", "slow"])
    #expect(manifest.limitations[1].workaround == "split")
    #expect(manifest.json["x_future"]?["kept"] == true)
    #expect(manifest.json == single)
  }

  @Test func aManifestOfTheSecondFormHasABaseInAList() throws {
    let base: JSONValue = [
      "name": "org/Llama-3.2",
      "rope_scaling": [
        "type": "yarn", "factor": 4, "max_position_embeddings": 131072,
        "original_max_position_embeddings": 32768,
      ], "prompt_template": "llama3",
      "adapters": [["type": "ia3", "target_modules": ["k_proj"], "path": "llama/w.safetensors"]],
    ]
    let json: JSONValue = [
      "schema_version": "2.0", "name": "x", "version": "0.1.0-rc.1", "base_models": [base],
    ]
    let manifest = try Manifest(json)
    #expect(manifest.form == .perBase)
    #expect(manifest.slug == "x-llama-3.2")
    #expect(
      manifest.bases[0].model.ropeScaling
        == .scaled(type: "yarn", factor: 4, maximum: 131_072, original: 32_768))
    #expect(manifest.bases[0].templateName == "llama3")
    #expect(manifest.bases[0].adapters[0].type == .ia3)
  }

  @Test(
    arguments: [
      (["version"], "1.0", "version"), (["base_model", "sha256"], "xyz", "base_model.sha256"),
      (["training"], ["epochs": "three"], "training.epochs"),
      (["constraints"], ["requires": ["a@b"]], "constraints.requires[0]"),
      (["routing"], ["priority": -1], "routing.priority"),
      (["limitations"], [[:]], "limitations[0].description"),
      (
        ["adapters"], [["type": "lora", "target_modules": ["q"], "r": 0, "alpha": 1]],
        "adapters[0].r"
      ),
      (["base_model", "rope_scaling"], ["type": "yarn"], "base_model.rope_scaling.factor"),
    ] as [([String], JSONValue, String)])
  func anErrorNamesItsField(_ path: [String], _ value: JSONValue, _ field: String) {
    do {
      _ = try Manifest(single.setting(path, to: value))
      Issue.record("\(field) passed")
    } catch {
      guard case .invalid(let place, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(place == field)
    }
  }

  /// The chain of section 11 of Semantic Versioning 2.0.0.
  @Test func versionsStandInTheOrderOfTheSpecification() throws {
    let texts = [
      "0.9.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
      "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0", "2.0.0",
    ]
    let versions = try texts.map { try #require(ExpertVersion($0)) }
    for (a, b) in zip(versions, versions.dropFirst()) { #expect(a < b && !(b < a)) }
    #expect(versions.map(\.description) == texts)
    let built = try #require(ExpertVersion("1.0.0+b1"))
    #expect(built.isSamePrecedence(as: versions[8]) && built.description == "1.0.0+b1")
    for bad in [
      "1", "1.0", "v1.0.0", "1.0.0.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0+", "", "1.-1.0",
    ] {
      #expect(ExpertVersion(bad) == nil, "\(bad)")
    }
  }

  @Test(arguments: [
    ("a@1.0.0", "1.0.0", true), ("a@1.0.0", "1.0.1", false), ("a@<=0.9.0", "0.9.0", true),
    ("a@<=0.9.0", "0.9.1", false), ("a@*", "7.0.0", true), ("a", "7.0.0", true),
    ("a@>=1.0.0,<2.0.0", "1.5.0", true), ("a@>=1.0.0,<2.0.0", "2.0.0", false),
    ("a@>=1.0.0, <2.0.0", "0.9.9", false), ("a@>1.0.0", "1.0.0", false),
    ("a@=1.0.0", "1.0.0", true),
    ("a@<1.0.0", "1.0.0-rc.1", true),
  ])
  func aPatternMeansTheseVersions(_ pattern: String, _ version: String, _ expected: Bool) throws {
    let pattern = try #require(VersionPattern(pattern))
    #expect(pattern.admits(try #require(ExpertVersion(version))) == expected)
    #expect(!pattern.admits("b", try #require(ExpertVersion(version))))
  }

  @Test func whatIsNoPatternIsNone() {
    for bad in [
      "", "@1.0.0", "a@", "a@1", "a@>=1.0.0,", "A@1.0.0", "a@~1.0.0", "a@*,1.0.0", "../a@*",
    ] {
      #expect(VersionPattern(bad) == nil, "\(bad)")
    }
  }
}
