internal import ArgumentParser
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen dataset tag VERSION [NAME]`.
struct DatasetTagCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Give a version a name that never moves, or list the tags.",
    discussion: """
      A tagged version's splits are frozen.

      Example: expert-gen dataset tag json-parsing@v3 release-1
      """)

  @Argument(help: "The version.") var version: String
  @Argument(help: "The tag; without it the tags are listed.") var name: String?
  @Flag(help: "Delete the tag; its version stays for 30 days.") var delete = false
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    try RefCommand(kind: .tag, version: version, name: name, delete: delete, options: options).run()
  }
}

/// `expert-gen dataset branch VERSION [NAME]`.
struct DatasetBranchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "branch", abstract: "Start a branch at a version, or list the branches.",
    discussion: """
      Commands that change a dataset take --branch.

      Example: expert-gen dataset branch json-parsing@v2 strict
      """)

  @Argument(help: "The version.") var version: String
  @Argument(help: "The branch; without it the branches are listed.") var name: String?
  @Flag(help: "Delete the branch; its versions stay for 30 days.") var delete = false
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    try RefCommand(kind: .branch, version: version, name: name, delete: delete, options: options)
      .run()
  }
}

/// What `tag` and `branch` have in common.
struct RefCommand {
  let kind: Ref.Kind
  let version: String
  let name: String?
  let delete: Bool
  let options: GlobalOptions

  func run() throws {
    let store = try options.openStore(name == nil ? .readOnly : .readWrite)
    defer { try? store.close() }
    let version = try store.resolve(version)
    guard let name else { return try list(store, version) }
    if delete {
      try store.deleteRef(kind, name, of: version.dataset.name)
      if options.json {
        Console.out(["deleted": .string(name)])
      } else {
        Console.out("deleted the \(kind.rawValue) \(name) of \(version.dataset.name)")
      }
      return
    }
    let ref =
      try kind == .tag ? store.tag(version, as: name) : store.createBranch(name, at: version)
    if options.json {
      Console.out(ref.json)
    } else {
      Console.out(
        "\(version.dataset.name)@\(ref.name) is \(version.dataset.name)@\(ref.commit.name)")
    }
  }

  private func list(_ store: Store, _ version: VersionRef) throws {
    let refs = try store.refs(of: version.dataset.name).filter { $0.kind == kind }
    if options.json {
      Console.out(["refs": .array(refs.map(\.json))])
    } else {
      options.show(
        TableText(
          ["NAME", "VERSION", "RECORDS", "COMMITTED"], numeric: [2],
          rows: refs.map {
            [$0.name, $0.commit.name, Figures.count($0.commit.recordCount), $0.commit.time]
          }))
    }
  }
}
