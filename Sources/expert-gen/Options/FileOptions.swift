internal import ArgumentParser

/// The form from file to file.
struct FileOptions: ParsableArguments {
  @Option(help: "Read this file instead of a version.", completion: .file()) var input: String?
  @Option(help: "Write the kept rows here.", completion: .file()) var output: String?
  @Option(help: "Write the dropped rows here, each with its reason.", completion: .file())
  var rejected: String?

  /// Both paths, or `nil` where a version is worked on. Exactly one of the two is needed.
  func paths(version: String?) throws -> (input: String, output: String)? {
    switch (version, input, output) {
    case (nil, let input?, let output?): return (input, output)
    case (.some, nil, nil) where rejected == nil: return nil
    default:
      throw ValidationError("name a version of a dataset, or both --input and --output")
    }
  }
}
