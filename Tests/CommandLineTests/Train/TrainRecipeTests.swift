internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

/// `train` from files: recipes, manifests; and what it says before it trains.
@Suite struct TrainRecipeTests {
  private let fixture: TrainFixture

  init() throws { fixture = try TrainFixture() }

  private static let recipe = """
    dataset: sums@v1
    num_train_epochs: 1
    learning_rate: 1e-2
    dataloader_num_workers: 4
    peft_config:
      r: 8
      target_modules: [q_proj, v_proj]
    """

  @Test func aRecipeTrainsAndFlagsWinOverIt() throws {
    try fixture.tool.write(Self.recipe, to: "recipe.yaml")
    let outcome = try fixture.tool.run(
      "train", "sft", "--recipe", "recipe.yaml", "--base", fixture.model, "--output", "run", "--r",
      "2")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("every text is prepared before the first step"))
    let config = try fixture.record("run")["config"]
    #expect(config?["r"] == 2 && config?["target_modules"] == ["q_proj", "v_proj"])
    #expect(config?["num_train_epochs"] == 1)
  }

  @Test(arguments: [
    ("num_epochs: 3", "did you mean \"epochs\"?"),
    ("learning_rat: 1", "did you mean \"learning_rate\"?"),
    ("peft_confg:\n  r: 3", "did you mean \"peft_config\"?"),
    ("seed: 1\npeft_config:\n  r: 3\n  lora_alpha: 2\n  r: 4", "recipe.yaml:5: r stands twice"),
    ("seed: 1\nr: 2\nseed: 3", "recipe.yaml:3: seed stands twice"),
  ])
  func mistakesInARecipeAreNamedWithTheirLine(yaml: String, says: String) throws {
    try fixture.tool.write(yaml, to: "recipe.yaml")
    let outcome = try fixture.tool.run("train", "sft", "--recipe", "recipe.yaml")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(says), "\(outcome.errors)")
  }

  private func manifest(_ bases: String) -> String {
    "{\"name\":\"sums\",\"version\":\"1.0.0\",\(bases),\"training\":{\"dataset\":\"sums@v1\","
      + "\"config\":{\"num_train_epochs\":1}}}"
  }

  @Test func aManifestTrainsOnTheBaseThatIsHere() throws {
    let adapters = "\"adapters\":[{\"type\":\"lora\",\"r\":2,\"target_modules\":[\"q_proj\"]}]"
    let hash = String(repeating: "a", count: 64)
    try fixture.tool.write(
      manifest(
        "\"base_models\":[{\"name\":\"far-away\",\(adapters)},{\"name\":\"\(fixture.model)\","
          + "\"sha256\":\"\(hash)\",\"rope_scaling\":\"none\",\(adapters)}]"),
      to: "manifest.json")
    let outcome = try fixture.tool.run(
      "train", "sft", "--recipe", "manifest.json", "--output", "run")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try fixture.record("run")["base_model"]?["name"]?.string == fixture.model)
    #expect(outcome.errors.contains("rope_scaling changes nothing here"))
    #expect(outcome.errors.contains("has other weights"), "\(outcome.errors)")
    let other = try fixture.tool.run(
      "train", "sft", "--recipe", "manifest.json", "--base", "nobody", "--output", "other")
    #expect(other.status == 2)
    #expect(other.errors.contains("far-away or \(fixture.model)"), "\(other.errors)")
    try fixture.tool.write(
      manifest("\"base_model\":{\"name\":\"a\"},\"base_models\":[{\"name\":\"b\"}]"),
      to: "both.json")
    let both = try fixture.tool.run("train", "sft", "--recipe", "both.json", "--output", "both")
    #expect(both.status == 2 && both.errors.contains("has both \"base_model\" and"))
  }

  /// The mask, the forecast and the counts before the first step.
  @Test func aDryRunShowsTheMaskAndAnEstimateTheForecast() throws {
    let dry = try fixture.train("sft", "run", "--r", "2", "--dry-run")
    #expect(dry.status == 0)
    #expect(dry.output.contains("20 examples") && dry.output.contains("4 held out"))
    #expect(dry.output.contains("0 0<|im_end|>"))
    #expect(dry.output.contains("assistant\n[0<|im_end|>\n]"), "\(dry.output)")
    #expect(!fixture.exists("run"))
    let json = try fixture.tool.run(
      "train", "estimate", "--base", fixture.model, "--dataset", "sums", "--method", "dora",
      "--objective", "sft", "--json"
    ).json()
    #expect(json["config"]?["method"] == "dora")
    #expect((json["memory_bytes"]?["total"]?.integer ?? 0) > 1 << 20)
    #expect(json["steps"]?.integer == 6)
    #expect(json["trainable_parameters"]?.integer ?? 0 > 0)
  }
}
