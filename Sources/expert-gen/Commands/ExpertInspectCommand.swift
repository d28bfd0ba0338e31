internal import ArgumentParser
internal import ExpertPackage
internal import ExpertRecord

/// `expert-gen expert inspect FILE`.
struct ExpertInspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what a package holds; nothing is written.",
    discussion: """
      Packages made elsewhere can be shown as well. That a signature is valid says that its key \
      signed these bytes, not whose the key is: see verify and trust.

      Example: expert-gen expert inspect json-parser.v1.0.0.expert
      """)

  @Argument(help: "The package: a file, an unpacked folder or a URL.") var file: String
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let inspection = try Inspection(try await options.package(file))
    if options.json {
      Console.out(json(inspection))
      return
    }
    Console.out(VisibleText.lines(PrettyJSON.text(of: inspection.manifest.json)))
    options.show(
      TableText(
        ["MEMBER", "BYTES"], numeric: [1],
        rows: inspection.members.map { [$0.name, Figures.count($0.size)] }))
    Console.out(VisibleText.line("signature: " + words(inspection.signature)))
    if !inspection.isCanonical { Console.out("made elsewhere: not in the canonical form") }
  }

  private func words(_ signature: Inspection.Signature) -> String {
    switch signature {
    case .valid(let key): "valid, by \(key)"
    case .unsigned: "none"
    case .broken(let reason): reason
    }
  }

  private func json(_ inspection: Inspection) -> JSONValue {
    let state: String
    var key: JSONValue = .null
    switch inspection.signature {
    case .valid(let signer):
      state = "valid"
      key = .string(signer.description)
    case .unsigned: state = "none"
    case .broken: state = "broken"
    }
    return [
      "manifest": inspection.manifest.json, "canonical": .bool(inspection.isCanonical),
      "signature": .string(state), "key": key, "detail": .string(words(inspection.signature)),
      "members": .array(
        inspection.members.map {
          ["name": .string($0.name), "size_bytes": .number(Double($0.size))]
        }),
    ]
  }
}
