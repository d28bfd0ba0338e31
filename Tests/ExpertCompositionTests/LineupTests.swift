import ExpertComposition
import ExpertModel
import ExpertPackage
import ExpertPlatform
import ExpertRecord
import ExpertTensors
import ExpertTestSupport
import Foundation
import Testing

/// A home with installed experts for a tiny shape.
private struct Home {
  let folder: TemporaryFolder
  let installer: Installer
  let key = SigningKey()
  private let clock = SystemClock(environment: ["SOURCE_DATE_EPOCH": "1700000000"])

  static let shape = ModelConfig(
    architecture: .llama, hiddenSize: 8, intermediateSize: 16, layers: 1, attentionHeads: 2,
    keyValueHeads: 1, headSize: 4, vocabularySize: 32, normEpsilon: 1e-5, ropeTheta: 1e4,
    contextLength: 64, tiedEmbeddings: true, attentionBias: false)

  init() throws {
    folder = try TemporaryFolder()
    installer = try Installer(ExpertHome(folder.file("home")), clock: clock)
    _ = try installer.trust.add(key.publicKey, label: "me", clock: clock)
  }

  func adapter(_ config: ExpertModel.AdapterConfig, _ name: String) throws -> String {
    let adapter = Adapter(config, for: Self.shape)
    adapter.start(seed: 1)
    for (k, parameter) in adapter.parameters.enumerated() {
      for place in 0..<parameter.count { parameter.value[place] = Float(place % 5 + k) / 50 }
    }
    try ExpertModel.AdapterFolder.save(adapter, to: folder.file(name))
    return folder.file(name)
  }

  static let lora = ExpertModel.AdapterConfig(
    method: .lora(.init(rank: 2)), targets: [.query, .down], base: "tiny")

  /// A packed expert with constraints and base as a manifest has them.
  func package(
    _ name: String, _ template: JSONValue = [:], config: ExpertModel.AdapterConfig = Home.lora,
    key: SigningKey? = nil, signs: Bool = true
  ) throws -> String {
    var request = PackagingRequest()
    request.name = name
    request.version = "1.0.0"
    request.template = template
    let plan = try PackagePlan.plans(folder: try adapter(config, "work-\(name)"), request)[0]
    let signer = signs ? key ?? self.key : nil
    return try PackageWriter(signer: signer, clock: clock).write(plan, intoFolder: folder.path)
      .path
  }

  @discardableResult
  func install(_ name: String, _ template: JSONValue = [:]) throws -> InstalledExpert {
    var options = Installer.Options()
    options.checksRequirements = false
    let path = try package(name, template)
    return try installer.install(try InputFile(path), source: path, options).expert
  }

  func opener(allowUnsigned: Bool = false) -> ExpertOpener {
    ExpertOpener(installer, rules: installer.trust.rules(allowUnsigned: allowUnsigned))
  }

  func lineup(_ names: [String]) throws -> ExpertLineup {
    try ExpertLineup(try names.map { ChosenExpert(try opener().open($0)) })
  }

  func refusal(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return "\(error)" }
  }
}

@Suite struct LineupTests {
  @Test func loadOrderAndRequirementsPutExpertsInOrder() throws {
    let home = try Home()
    try home.install("late", ["constraints": ["load_order": 5]])
    try home.install("early", ["constraints": ["load_order": -1]])
    try home.install("needy", ["constraints": ["load_order": -9, "requires": ["late@*"]]])
    let plain = try home.adapter(Home.lora, "plain")
    let lineup = try home.lineup([plain, "late", "needy", "early"])
    #expect(lineup.experts.map(\.expert.name) == ["early", "late", "needy", "plain"])
    #expect(lineup.base?.name == "tiny")
  }

  @Test func whatDoesNotGoTogetherIsRefusedByName() throws {
    let home = try Home()
    try home.install("a", ["constraints": ["incompatible_with": ["b@<2.0.0"]]])
    try home.install("b")
    try home.install("solo", ["constraints": ["max_chain": 1]])
    try home.install("needy", ["constraints": ["requires": ["missing@>=1.0.0"]]])
    try home.install("other", ["base_model": ["name": "giant"]])
    let hash = String(repeating: "ab", count: 32)
    let otherHash = String(repeating: "cd", count: 32)
    try home.install("pinned", ["base_model": ["name": "x", "sha256": .string(hash)]])
    try home.install("pinned2", ["base_model": ["name": "x", "sha256": .string(otherHash)]])
    let plain = try home.adapter(Home.lora, "plain")
    func refusal(_ names: String...) -> String { home.refusal { _ = try home.lineup(names) } }
    #expect(refusal("b", "a").contains("a@1.0.0 is incompatible with b@1.0.0"))
    #expect(refusal("solo", "b").contains("at most 1"))
    #expect(refusal("solo", plain).contains("at most 1"))
    #expect(refusal("needy").contains("missing@>=1.0.0"))
    #expect(refusal("b", "other").contains("experts of one base"))
    #expect(refusal("pinned", "pinned2").contains("experts of one base"))
    #expect(refusal("b", "b").contains("twice"))
    #expect(refusal("b", "solo2").contains("no installed expert solo2"))
    #expect(refusal("solo") == "")
    let mixed = try ["b", "other"].map { ChosenExpert(try home.opener().open($0)) }
    #expect(try ExpertLineup(mixed, basesMayDiffer: true).experts.count == 2)
    let pinned = try ["pinned", "pinned2"].map { ChosenExpert(try home.opener().open($0)) }
    #expect(throws: PackageError.self) { try ExpertLineup(pinned, basesMayDiffer: true) }
  }

  @Test func differentTemplatesAreForTheUserToChoose() throws {
    let home = try Home()
    try home.install("a", ["prompt_template": ["name": "guide"]])
    try home.install("b", ["prompt_template": ["name": "chatml"]])
    try home.install("c")
    #expect(try home.lineup(["a", "c"]).templateName() == "guide")
    let both = try home.lineup(["a", "b"])
    #expect(home.refusal { _ = try both.templateName() }.contains("--template"))
  }
}

@Suite struct ExpertOpenerTests {
  @Test func everyOriginLoadsTheSameAdapter() throws {
    let home = try Home()
    let path = try home.package("one")
    try home.install("one")
    let opener = home.opener()
    let folder = home.folder.file("work-one")
    let opened = try [path, "one", folder].map { try opener.open($0) }
    #expect(opened.map(\.origin) == [.package, .installed, .folder])
    #expect(opened[0].identity == opened[1].identity)
    let loaded = try opened.map { try $0.adapters(for: Home.shape) }
    #expect(loaded.allSatisfy { $0.count == 1 })
    #expect(loaded[0][0].parameters.map(\.array) == loaded[1][0].parameters.map(\.array))
    #expect(loaded[0][0].parameters.map(\.array) == loaded[2][0].parameters.map(\.array))
  }

  /// An unpacked package goes with its last user.
  @Test func anOpenedPackageLeavesNothingBehind() throws {
    let home = try Home()
    let path = try home.package("one")
    var opened: UsableExpert? = try home.opener().open(path)
    let folder = try #require(opened?.folder)
    #expect(FileManager.default.fileExists(atPath: folder + "/manifest.json"))
    _ = try opened?.adapters(for: Home.shape)
    opened = nil
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  @Test func softPromptsAndScalingsLoadFromPackages() throws {
    let home = try Home()
    let prompt = ExpertModel.AdapterConfig(
      method: .promptTuning(.init(count: 3, start: .random)), targets: [], base: "tiny")
    let scaling = ExpertModel.AdapterConfig(
      method: .ia3(feedForward: [.down]), targets: [.key, .down], base: "tiny")
    let opener = home.opener()
    let soft = try opener.open(try home.package("soft", config: prompt))
    #expect(try soft.adapters(for: Home.shape).map(\.promptLength) == [3])
    let ia3 = try opener.open(try home.package("ia3", config: scaling))
    #expect(try ia3.adapters(for: Home.shape)[0].places.count == 2)
  }

  @Test func whatVerificationRefusesIsNotOpened() throws {
    let home = try Home()
    let unsigned = try home.package("unsigned", signs: false)
    #expect(home.refusal { _ = try home.opener().open(unsigned) }.contains("not signed"))
    let taken = try home.opener(allowUnsigned: true).open(unsigned)
    #expect(taken.notes == ["unsigned is UNSIGNED"])
    let foreign = try home.package("foreign", key: SigningKey())
    #expect(home.refusal { _ = try home.opener().open(foreign) }.contains("not trusted"))
    #expect(home.refusal { _ = try home.opener().open("nowhere.expert") }.contains("expert list"))
    #expect(home.refusal { _ = try home.opener().open(home.folder.path) } != "")
  }

  @Test func aChangedOrDistrustedInstallationIsRefused() throws {
    let home = try Home()
    let one = try home.install("one")
    let path = one.folder + "/weights.safetensors"
    let whole = try Data(contentsOf: URL(filePath: path))
    var bytes = Array(whole)
    bytes[bytes.count - 1] ^= 1
    try AtomicFile.write(path, bytes)
    let changed = home.refusal { _ = try home.opener().open("one") }
    #expect(changed.contains("weights.safetensors") && changed.contains("changed after"))
    try AtomicFile.write(path, Array(whole))
    #expect(home.refusal { _ = try home.opener().open("one") } == "")
    #expect(try home.installer.trust.remove("me") == 1)
    #expect(home.refusal { _ = try home.opener().open("one") }.contains("not trusted"))
    let listed = try home.opener().installed()
    #expect(listed.usable.isEmpty && listed.refused.count == 1)
  }
}
