internal import ExpertModel
internal import ExpertPlatform

// MARK: - Models

extension Doctor {
  /// One finding for all base models that open, one for each that does not.
  func models() -> [Finding] {
    let registry = ModelRegistry(home: places.home)
    let names = registry.names
    guard !names.isEmpty else {
      return [
        .note(
          "models", "none is installed; datasets do without",
          "fetch one to train and chat: expert-gen model pull qwen3-0.6b")
      ]
    }
    var good: [String] = []
    var findings: [Finding] = []
    for name in names {
      do {
        let record = try registry.record(name)
        _ = try ModelFiles.open(registry.path(of: name))
        good.append("\(name) (\(Figures.bytes(record.bytes)))")
      } catch {
        findings.append(
          .bad(
            "model", "\(name): \(error)",
            "run “expert-gen model remove \(name)” and pull or import it again", exit: .damage))
      }
    }
    if !good.isEmpty { findings.insert(.good("models", good.joined(separator: ", ")), at: 0) }
    return findings
  }
}
