package import ExpertPlatform

/// Finds a provider's key and binds it to the provider's origin.
package enum ProviderKey {
  /// The key from its variable, or from the file that `<VARIABLE>_FILE` names, which only its owner
  /// may read. `nil` where the provider needs none and there is none.
  package static func find(
    for spec: ProviderSpec, environment: [String: String]
  ) throws(ProviderError) -> BoundSecret? {
    guard let variable = spec.keyVariable else { return nil }
    guard let secret = try secret(spec, variable, environment) else {
      if spec.keyRequired { throw .missingKey(provider: spec.name, variable: variable) }
      return nil
    }
    do {
      return try BoundSecret(secret, to: spec.baseURL)
    } catch {
      throw .forbiddenEndpoint(
        url: KeyShapes.redacted(spec.baseURL), reason: error.description)
    }
  }

  private static func secret(
    _ spec: ProviderSpec, _ variable: String, _ environment: [String: String]
  ) throws(ProviderError) -> Secret? {
    let text = environment[variable]?.trimmingSpaces ?? ""
    let file = environment[variable + "_FILE"] ?? ""
    do {
      if !text.isEmpty { return try Secret(text) }
      return file.isEmpty ? nil : try Secret(file: file)
    } catch {
      let place = text.isEmpty ? file : variable
      throw .badKey(provider: spec.name, place: place, reason: error.description)
    }
  }
}

extension BoundSecret {
  /// A text without the key, should somebody have put it there. Very short keys are left alone:
  /// they are words like "none" that local servers are given.
  func redacted(from text: String) -> String {
    secret.withValue { $0.utf8.count >= 8 ? text.replacing($0, with: "[key]") : text }
  }
}
