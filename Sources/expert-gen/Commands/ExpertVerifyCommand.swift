internal import ArgumentParser
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord

/// `expert-gen expert verify FILE`.
struct ExpertVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check a package from its first byte to its last.",
    discussion: """
      The key comes from your trust store, or is named by --key; what the package says of itself \
      does not count. Exit code 12 when the package is refused.

      Example: expert-gen expert verify json-parser.v1.0.0.expert
      """)

  @Argument(help: "The package: a file, an unpacked folder or a URL.") var file: String
  @Option(help: "The key that must have signed: ed25519:<hex>, a .pub file, or a key of yours.")
  var key: String?
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let rules = try self.rules()
    let package = try PackageVerifier(rules).verify(try await options.package(file))
    if options.json {
      Console.out(
        ExpertText.json(package.manifest, signer: package.signer)
          .setting(["verified"], to: true)
          .setting(["members"], to: .number(Double(package.members.count)))
          .setting(["size_bytes"], to: .number(Double(package.size)))
          .setting(["manifest_sha256"], to: .string(package.digest.hex)))
      return
    }
    let manifest = package.manifest
    Console.out(
      VisibleText.line(
        "\(manifest.slug) \(manifest.version): sound, \(package.members.count) members of "
          + "\(Figures.bytes(package.size)), signed by "
          + (package.signer.map(\.description) ?? "nobody")))
  }

  private func rules() throws -> VerificationRules {
    if let key { return .only(try options.publicKey(key)) }
    return try options.installer().trust.rules()
  }
}
