internal import ExpertPlatform

extension ProviderError: CustomStringConvertible {
  /// What happened and what to do, for the user's eyes: never a key, never a body.
  package var description: String {
    switch self {
    case .missingKey(let provider, let variable):
      "\(provider) needs a key: set \(variable), or put the key alone into a file that only you can "
        + "read (chmod 600) and name it in \(variable)_FILE"
    case .badKey(let provider, let place, let reason):
      "the key of \(provider) cannot be used (\(place)): \(reason)"
    case .unknown(let what, "", let known):
      "say which \(what) with --model: it has no default" + Self.suggestion("", known)
    case .unknown(let what, let name, let known):
      "no \(what) is named \"\(name)\"" + Self.suggestion(name, known)
    case .badFile(let path, let line, let message):
      "\(path):\(line): \(message)"
    case .forbiddenEndpoint(let url, let reason):
      "the address \(url) is not allowed: \(reason)"
    case .billing(let provider, let message):
      "\(provider) will not serve more requests on this account: \(message). What arrived is kept; "
        + "top up or raise the limit, then run the same command again"
    case .longPause(let provider, let seconds):
      "\(provider) asks for a pause of \(Self.spoken(seconds)); run the same command again then, "
        + "it goes on where it stopped"
    case .rejected(let provider, let status, let message):
      "\(provider) refused the request (HTTP \(status)): \(message)" + Self.advice(status)
    case .exhausted(_, 0, let tried):
      "no model server answers; tried \(tried). Start one, or give its address with --base-url"
    case .exhausted(let provider, let attempts, let last):
      "\(provider) gave no usable reply in \(attempts) attempts; the last one: \(last). Run "
        + "\"provider check \(provider)\", then the same command again"
    case .cancelled:
      "cancelled"
    }
  }

  private static func suggestion(_ name: String, _ known: [String]) -> String {
    guard !known.isEmpty else { return "" }
    let listed = "known: " + known.joined(separator: ", ")
    guard let nearest = Spelling.nearest(to: name, among: known) else { return "; " + listed }
    return "; did you mean \"\(nearest)\"? (\(listed))"
  }

  private static func advice(_ status: Int) -> String {
    switch status {
    case 401: ". The key was not accepted: check it and its variable"
    case 403: ". The key may not use this model or endpoint: check the account's permissions"
    case 404: ". Check the model's name and the base URL"
    case 413: ". The request is too large: ask for fewer records at once"
    default: ""
    }
  }

  private static func spoken(_ seconds: Double) -> String {
    let minutes = Int((seconds / 60).rounded(.up))
    return minutes < 120 ? "\(minutes) minutes" : "\((minutes + 59) / 60) hours"
  }
}
