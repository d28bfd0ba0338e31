package import ExpertRecord

/// What a training run left in `run.json`, as members of a manifest. Absent facts stay absent.
package enum RunFacts {
  private static let training = [
    "dataset", "method", "epochs", "learning_rate", "config", "seed", "trained_on", "tool_version",
  ]

  /// The manifest members that the run knows.
  package static func manifest(_ run: JSONValue) -> JSONValue {
    var result: JSONValue = [:]
    if let name = run["base_model"]?.string {
      result = result.setting(["base_model", "name"], to: .string(name))
    } else if let base = run["base_model"], base.members != nil {
      result = result.setting(["base_model"], to: base)
    }
    result = result.setting(["prompt_template"], to: run["prompt_template"])
    let facts = run["training"] ?? flat(run)
    guard facts.members?.isEmpty == false else { return result }
    return result.setting(["training"], to: facts)
  }

  /// The run's facts where they stand at the root. Its method there may be the adapter's; the
  /// objective, where it is said apart, is what a manifest calls method.
  private static func flat(_ run: JSONValue) -> JSONValue {
    var facts: JSONValue = [:]
    for name in training { facts = facts.setting([name], to: run[name]) }
    if facts["learning_rate"] == nil {
      facts = facts.setting(["learning_rate"], to: run["lr"])
    }
    if let objective = run["objective"] { facts = facts.setting(["method"], to: objective) }
    return facts
  }
}

extension JSONValue {
  /// This object with the members of another laid over it, object by object.
  package func overlaid(by other: JSONValue) -> JSONValue {
    guard var members = self.members, let others = other.members else { return other }
    for member in others {
      if let index = members.firstIndex(where: { ExactText.equal($0.name, member.name) }) {
        members[index].value = members[index].value.overlaid(by: member.value)
      } else {
        members.append(member)
      }
    }
    return .object(members)
  }
}
