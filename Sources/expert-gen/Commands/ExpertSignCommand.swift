internal import ArgumentParser
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord

/// `expert-gen expert sign FILE`.
struct ExpertSignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Sign a package with a key of yours.",
    discussion: """
      The package is written anew in its canonical form, in place or to --output; one made \
      elsewhere becomes a canonical one. A signature that it bore is replaced.

      Example: expert-gen expert sign json-parser.v1.0.0.expert --key publisher
      """)

  @Argument(help: "The package's file.") var file: String
  @Option(help: "The key's name (see keygen).") var key = "publisher"
  @Option(help: "Write the signed package here.") var output: String?
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let plan = try PackagePlan(unpacking: try await options.package(file))
    let writer = PackageWriter(
      signer: try options.signingKey(key), publisher: key, clock: SystemClock())
    let written = try writer.write(plan, to: output ?? file)
    if options.json {
      Console.out(
        ExpertText.json(written.manifest, signer: written.signer)
          .setting(["path"], to: .string(written.path))
          .setting(["size_bytes"], to: .number(Double(written.size)))
          .setting(["sha256"], to: .string(written.digest.hex)))
      return
    }
    Console.out(
      VisibleText.line(
        "\(written.path): signed by \(written.signer.map(\.description) ?? "nobody"), "
          + "sha256 \(written.digest)"))
  }
}
