internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

/// `train --adapter`: going on from an adapter.
@Suite struct StartAdapterTests {
  private let fixture: TrainFixture

  init() throws { fixture = try TrainFixture() }

  @Test func aStaysWhereLoRAFAGoesOn() throws {
    #expect(try fixture.train("sft", "fa", "--method", "lora-fa", "--r", "4").status == 0)
    let start = try fixture.tensors("fa", "lora_A")
    #expect(start.count > 4)
    for more in [[], ["--method", "lora-fa"], ["--method", "lora"]] {
      let name = "next" + (more.last ?? "")
      let outcome = try fixture.tool.run(
        fixture.arguments("sft", name, ["--adapter", "fa"] + more))
      #expect(outcome.status == 0, "\(outcome.errors)")
      let keepsA = more != ["--method", "lora"]
      #expect(try (fixture.tensors(name, "lora_A") == start) == keepsA)
      #expect(try fixture.tensors(name, "lora_B") != fixture.tensors("fa", "lora_B"))
      let method = try fixture.record(name)["config"]?["method"]
      #expect(method == (keepsA ? "lora-fa" : "lora"))
    }
  }

  @Test func theRecordSaysWhatTheAdapterIs() throws {
    _ = try fixture.train(
      "sft", "sft", "--r", "4", "--alpha", "8", "--target-modules", "q_proj,v_proj",
      "--rank-pattern", "q_proj=2")
    let outcome = try fixture.train("sft", "next", "--adapter", "sft")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let config = try fixture.record("next")["config"]
    #expect(config?["r"] == 4 && config?["lora_alpha"] == 8)
    #expect(config?["target_modules"] == ["q_proj", "v_proj"])
    #expect(config?["rank_pattern"] == ["q_proj": 2])
    #expect(config?["adapter_name_or_path"]?.string == fixture.path("sft"))
    #expect(try fixture.record("next")["start_adapter_sha256"]?.string == fixture.weights("sft"))
    // An IA³ adapter is trained at the rate of IA³.
    _ = try fixture.train("sft", "ia3", "--method", "ia3", "--learning-rate", "1e-3")
    let plan = try fixture.tool.run(
      "train", "estimate", "--base", fixture.model, "--dataset", "sums", "--adapter", "ia3",
      "--json"
    ).json()
    #expect(plan["config"]?["method"] == "ia3" && plan["config"]?["learning_rate"] == 5e-3)
  }

  /// A flag that says something else of the adapter is refused, and both are named.
  @Test(arguments: [
    (["--r", "8"], "says 8, but the adapter"), (["--method", "dora"], "says dora"),
    (["--method", "ia3"], "says ia3"), (["--target-modules", "q_proj"], "says q_proj"),
    (["--alpha", "32"], "says 32"), (["--use-rslora"], "says true"),
    (["--rank-pattern", "q_proj=2"], "says q_proj=2"),
  ])
  func flagsThatContradictAreRefused(flags: [String], says: String) throws {
    _ = try fixture.train("sft", "sft", "--r", "4")
    let outcome = try fixture.tool.run(
      fixture.arguments("sft", "next", ["--adapter", "sft"] + flags))
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(says) && outcome.errors.contains("adapter_config.json"))
    #expect(outcome.errors.contains(flags[0]), "\(outcome.errors)")
    #expect(!fixture.exists("next"))
    // What agrees may be said.
    let same = try fixture.train(
      "sft", "same", "--adapter", "sft", "--r", "4", "--method", "lora", "--target-modules",
      "all-linear")
    #expect(same.status == 0, "\(same.errors)")
  }

  @Test func aFolderWithoutAnAdapterIsNamedWithItsFlag() throws {
    let outcome = try fixture.train("sft", "run", "--adapter", "nowhere")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("--adapter") && outcome.errors.contains("nowhere"))
  }

  @Test func anotherBaseIsSaid() throws {
    _ = try fixture.train("sft", "sft", "--r", "4")
    let quiet = try fixture.train("sft", "next", "--adapter", "sft")
    #expect(!quiet.errors.contains("was trained on"))
    let hash = try fixture.record("sft")["base_model"]?["sha256"]?.string ?? "?"
    let text = try fixture.tool.text("sft/run.json")
    try fixture.tool.write(
      text.replacingOccurrences(of: hash, with: String(repeating: "0", count: 64)),
      to: "sft/run.json")
    let outcome = try fixture.train("sft", "other", "--adapter", "sft")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("was trained on") && outcome.errors.contains("other weights"))
    #expect(try fixture.record("other")["findings"]?[1]?["kind"] == "other-base")
  }

  /// Weights that are numbers, and give none: said before the first step, even to `--quiet`.
  @Test func aStartThatGivesNoNumberStopsTheRunAloud() throws {
    _ = try fixture.train("sft", "sft", "--r", "4")
    try fixture.change("sft/adapter_model.safetensors") { bytes in
      for range in (try? TrainFixture.ranges(bytes, "lora_")) ?? [:] {
        for place in stride(from: range.value.lowerBound, to: range.value.upperBound, by: 4) {
          withUnsafeBytes(of: Float(3e38).bitPattern.littleEndian) { number in
            for byte in 0..<4 { bytes[place + byte] = number[byte] }
          }
        }
      }
    }
    for flag in ["--quiet", "--json"] {
      let outcome = try fixture.train("sft", "run" + flag, "--adapter", "sft", flag)
      #expect(outcome.status == 10)
      #expect(outcome.errors.contains("stopped: the loss on held-out data is"))
      #expect(outcome.errors.contains("before the first step") && !outcome.errors.contains("-nan"))
      #expect(try fixture.record("run" + flag)["state"] == "failed")
      #expect(try fixture.record("run" + flag)["steps"] == 0)
    }
  }

  /// An installed expert on the same base that changes the same modules is named, and stops nothing.
  @Test func installedExpertsThatOverlapAreNamed() throws {
    _ = try fixture.train("sft", "one", "--r", "2", "--target-modules", "q_proj,v_proj")
    let packed = try fixture.tool.run(
      "expert", "package", "one", "--name", "one", "--version", "1.0.0")
    #expect(packed.status == 0, "\(packed.errors)")
    let installed = try fixture.tool.run(
      "expert", "install", "one.v1.0.0.expert", "--allow-unsigned")
    #expect(installed.status == 0, "\(installed.errors)")
    let apart = try fixture.train("sft", "apart", "--r", "2", "--target-modules", "down_proj")
    #expect(apart.status == 0 && !apart.errors.contains("on the same base"))
    let both = try fixture.train("sft", "both", "--adapter", "one")
    #expect(both.status == 0)
    #expect(
      both.errors.contains("one on the same base also change q_proj, v_proj"), "\(both.errors)")
    let findings = try fixture.record("both")["findings"]?.array ?? []
    #expect(findings.contains { $0["kind"] == "overlapping-modules" })
  }
}
