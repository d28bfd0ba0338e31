internal import ExpertPlatform
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
    if let held = run["config"]?["quantize"]?.string, held != "none",
      result["base_model"]?["quantization"] == nil
    {
      result = result.setting(["base_model", "quantization"], to: .string(held))
    }
    result = result.setting(["prompt_template"], to: run["prompt_template"])
    let facts = run["training"] ?? flat(run)
    let ancestors = TrainedData.ancestors(ofRun: run["training"] ?? run)
    guard facts.members?.isEmpty == false || !ancestors.isEmpty else { return result }
    return result.setting(["training"], to: facts)
      .setting(
        ["training", "ancestors"],
        to: ancestors.isEmpty ? nil : .array(ancestors.map(\.json)))
  }

  /// The adapter's type as the run calls it: LoRA-FA leaves no trace in the tensors.
  package static func method(_ run: JSONValue?) -> String? {
    run?["adapter"]?["type"]?.string ?? run?["config"]?["method"]?.string ?? run?["method"]?.string
  }

  /// The run's facts where they stand at the root, or among the settings under `config`. Its method
  /// there is the adapter's; the objective is what a manifest calls method.
  private static func flat(_ run: JSONValue) -> JSONValue {
    let config = run["config"]
    var facts: JSONValue = [:]
    for name in training { facts = facts.setting([name], to: run[name]) }
    let others = [
      ("epochs", config?["num_train_epochs"] ?? config?["epochs"]),
      ("learning_rate", run["lr"] ?? config?["learning_rate"]),
      ("trained_on", ended(run)),
    ]
    for (name, value) in others where facts[name] == nil {
      facts = facts.setting([name], to: value)
    }
    if let objective = run["objective"] ?? config?["objective"] {
      facts = facts.setting(["method"], to: objective)
    }
    // 64 bits do not fit a JSON number: where they do, the manifest has one.
    if let seed = facts["seed"]?.string.flatMap({ Int($0) }), (0...(1 << 53)).contains(seed) {
      facts = facts.setting(["seed"], to: .number(Double(seed)))
    }
    return facts
  }

  /// The run's end, which it gives in microseconds since 1970, as a time to read.
  private static func ended(_ run: JSONValue) -> JSONValue? {
    guard let microseconds = run["ended"]?.integer, microseconds > 0 else {
      return nil as JSONValue?
    }
    return .string(Timestamp.text(Int64(microseconds), fraction: false))
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
