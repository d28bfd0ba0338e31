import ExpertModel
import ExpertRecord
import ExpertTensors
import ExpertTraining
import Testing

@Suite struct ConfigurationTests {
  /// The table of defaults: learning rate and batch by objective and method.
  @Test(arguments: [
    ("sft", "lora", 2e-4, 4), ("sft", "dora", 2e-4, 4), ("sft", "lora-fa", 2e-4, 4),
    ("sft", "rslora", 2e-4, 4), ("sft", "ia3", 5e-3, 4), ("sft", "soft-prompt", 1e-3, 4),
    ("dpo", "lora", 5e-5, 2), ("distill", "lora", 1e-4, 4),
  ])
  func defaultsFollowObjectiveAndMethod(
    objective: String, method: String, rate: Double, batch: Int
  ) throws {
    let config = try config([.objective: objective, .method: method])
    #expect(config.learningRate == rate)
    #expect(config.batchSize == batch)
    #expect(config.accumulation == 4)
    #expect(config.epochs == 3)
    #expect(config.adam.weightDecay == 0.01)
    #expect(config.maxGradNorm == 1)
    #expect(config.dropout == 0)
    #expect(config.usesRslora == (method == "rslora"))
  }

  @Test func flagsWinOverTheRecipeAndTheRecipeOverDefaults() throws {
    let recipe = try TrainingLayer(
      yaml: "learning_rate: 1e-3\nnum_train_epochs: 5\nr: 8\n", path: "recipe.yaml")
    let config = try TrainingConfig(layers: [.flags([.epochs: "2"]), recipe], objective: .sft)
    #expect(config.epochs == 2)
    #expect(config.learningRate == 1e-3)
    #expect(config.rank == 8)
    #expect(config.alpha == 8)
    #expect(config.batchSize == 4)
  }

  /// The training guide's own values, in the names it gives them.
  static let guide = """
    # TrainingArguments and LoraConfig of the training guide
    output_dir: ./output/json-parser-lora
    num_train_epochs: 3
    per_device_train_batch_size: 4
    gradient_accumulation_steps: 4
    learning_rate: 2e-4
    lr_scheduler_type: cosine
    warmup_steps: 100
    optim: paged_adamw_8bit
    weight_decay: 0.01
    max_grad_norm: 1.0
    logging_steps: 10
    logging_dir: ./logs
    evaluation_strategy: steps
    eval_steps: 100
    save_strategy: steps
    save_steps: 500
    save_total_limit: 3
    fp16: true
    dataloader_num_workers: 4
    report_to: tensorboard
    run_name: json-parser-lora-r16
    peft_config:
      r: 16
      lora_alpha: 16
      target_modules: [q_proj, v_proj, o_proj, gate_proj, up_proj, down_proj]
      lora_dropout: 0.05
      bias: none
      task_type: CAUSAL_LM
    """

  @Test func theGuidesOwnValuesWorkAsWritten() throws {
    let config = try TrainingConfig(
      layers: [TrainingLayer(yaml: Self.guide, path: "guide.yaml")], objective: .sft)
    #expect(config.uses8BitStates)
    #expect(config.dropout == 0.05)
    #expect(
      config.modules(for: .qwen3) == [.query, .value, .attentionOutput, .gate, .up, .down])
    #expect(config.schedule(steps: 1000).warmup == 100)
    #expect(config.evalInterval(stepsPerEpoch: 50) == 100)
    #expect(config.saveInterval(stepsPerEpoch: 50) == 500)
    #expect(config.trackers == [.tensorboard])
    #expect(config.outputDirectory == "./output/json-parser-lora")
    #expect(config.notes.count == 2)
    #expect(config.notes.last?.contains("dataloader_num_workers changes nothing") == true)
    #expect(config.notes.first?.contains("bf16") == true)
  }

  @Test(arguments: [
    ("init_lora_weights: frozen", AdapterMethod.loraFA), ("use_dora: true", .dora),
    ("magnitude_scaling: true", .dora), ("peft_type: IA3", .ia3),
    ("peft_type: PROMPT_TUNING\nprompt_tuning_init: RANDOM\nnum_virtual_tokens: 64", .softPrompt),
    ("use_rslora: true", .lora),
  ])
  func otherToolsNamesSayTheMethod(yaml: String, method: AdapterMethod) throws {
    let config = try TrainingConfig(layers: [TrainingLayer(yaml: yaml, path: "a.yaml")])
    #expect(config.method == method)
    #expect(config.usesRslora == yaml.contains("rslora"))
  }

  /// What is wrong, and the message that must say so.
  @Test(arguments: [
    ("learning_rat: 1e-4", "a.yaml:1: learning_rat: unknown option \"learning_rat\"; did you mean"),
    ("r: 16\nlearning_rate: fast", "a.yaml:2: learning_rate: expected a number above 0.0"),
    ("learning_rate: 0", "found \"0\""),
    ("learning_rate: nan", "expected a number"),
    ("r: 0", "a whole number from 1 to 1024"),
    ("target_modules: [q_prj]", "expected \"q_proj\", found \"q_prj\""),
    ("method: ia3\nr: 8", "r: has no meaning for ia3"),
    ("beta: 0.1", "needs train dpo"),
    ("bias: all", "expected none"),
    ("modules_to_save: [embed_tokens]", "leave it out"),
    ("r: 8\nr: 16", "a.yaml:2: r stands twice"),
    ("max_steps: 0", "expected a whole number from 1, or -1"),
    ("rank_pattern: {foo: 8}", "expected"),
    ("target_modules: [q_proj]\nalpha_pattern: {v_proj: 8}", "v_proj carries no adapter"),
    ("objective: distill\ndistill_loss: replies\ntemperature: 2", "learns without a teacher"),
    ("report_to: [none, jsonl]", "none stands alone"),
    ("num_epochs: 3", "did you mean \"epochs\"?"),
    ("peft_confg:\n  r: 3", "did you mean \"peft_config\"?"),
    ("peft_config:\n  lora:\n    r: 3", "unknown option \"lora\""),
    ("r: [", "a.yaml:"),
    ("- r", "expected \"option: value\" lines"),
    ("report_to: wandb", "wandb sync"),
    ("report_to: comet", "tensorboard"),
    ("lr_scheduler_type: constant\nwarmup_steps: 10", "constant_with_warmup"),
    ("warmup_steps: 10\nwarmup_ratio: 0.1", "either warmup_ratio or warmup_steps"),
    ("objective: dpo\nmax_length: 512\nmax_prompt_length: 512", "less than the 512 tokens"),
    ("objective: dpo\non_too_long: split", "a pair cannot be split"),
    ("objective: dpo\nloss_type: ipo\nlabel_smoothing: 0.1", "sigmoid or robust"),
    ("objective: dpo\nloss_type: robust\nlabel_smoothing: 0.5", "less than 0.5"),
    ("method: soft-prompt\nprompt_tuning_init: TEXT", "--prompt-tuning-init-text"),
    ("ewc_lambda: 10", "--ewc-from"),
    ("eval_strategy: no\nearly_stopping_patience: 3", "--eval-strategy steps"),
  ])
  func badSettingsAreRefusedWithTheirPlace(yaml: String, message: String) throws {
    let error = try #require(
      failure { _ = try TrainingConfig(layers: [TrainingLayer(yaml: yaml, path: "a.yaml")]) })
    #expect(error.description.contains(message), "\(error)")
  }

  @Test func aFlagIsNamedAsTheUserTypesIt() throws {
    let error = try #require(failure { _ = try config([.batchSize: "none"]) })
    #expect(error.description.hasPrefix("--batch-size: expected a whole number"))
  }

  @Test func anotherObjectiveThanTheCommandsIsRefused() throws {
    let recipe = try TrainingLayer(yaml: "objective: dpo", path: "a.yaml")
    let error = failure { _ = try TrainingConfig(layers: [recipe], objective: .sft) }
    #expect(error?.description == "a.yaml:1: objective: says dpo, but the command is train sft")
  }

  @Test func dropoutIsTurnedOffInDPOAndSaidSo() throws {
    let config = try config([.objective: "dpo", .loraDropout: "0.05"])
    #expect(config.dropout == 0)
    #expect(
      config.notes == [
        "dropout is off in DPO: policy and reference must be the same network"
      ])
  }

  @Test func theCanonicalFormComesBackWithTheSameHash() throws {
    let first = try TrainingConfig(
      layers: [TrainingLayer(yaml: Self.guide, path: "guide.yaml")], objective: .sft)
    let second = try TrainingConfig(
      json: JSONValue.parse(first.canonical, limits: .init()), path: "run.json")
    #expect(second.values == first.values)
    #expect(second.canonical == first.canonical)
    #expect(second.hash == first.hash)
  }

  @Test func theHashCoversWhatShapesTheWeightsAlone() throws {
    let base = try config()
    #expect(try config([.outputDir: "elsewhere", .saveSteps: "7"]).hash == base.hash)
    #expect(try config([.seed: "1"]).hash != base.hash)
    #expect(try config([.learningRate: "1e-4"]).hash != base.hash)
    #expect(try config([.outputDir: "elsewhere"]).canonical != base.canonical)
  }

  @Test(arguments: [false, true])
  func manifestsOfBothSchemasAreRead(second: Bool) throws {
    let adapters = """
      "adapters": [{"type": "dora", "target_modules": ["q_proj"], "r": 8, "alpha": 32,
        "scaling": "rslora", "dropout": 0.1, "path": "weights.safetensors"}]
      """
    let base = #""name": "Qwen3-0.6B", "quantization": "int4""#
    let models =
      second
      ? "\"base_models\": [{\(base), \(adapters)}]" : "\"base_model\": {\(base)}, \(adapters)"
    let manifest = try JSONValue.parse(
      """
      {"name": "json-parser", \(models), "training": {"dataset": {"name": "json", "version": "v2"},
        "method": "sft", "epochs": 2, "learning_rate": 1e-4, "seed": 5,
        "config": {"epochs": 4, "per_device_train_batch_size": 8, "warmup_ratio": 0.1}}}
      """, limits: .init())
    let config = try TrainingConfig(layers: [TrainingLayer(manifest: manifest, path: "m.json")])
    #expect(config.base == "Qwen3-0.6B")
    #expect(config.dataset == "json@v2")
    #expect(config.method == .dora)
    #expect(config.usesRslora)
    #expect(try Self.scale(config, .query) == Float(32 / 8.0.squareRoot()))
    #expect(config.epochs == 4)
    #expect(config.batchSize == 8)
    #expect(config.seed == 5)
    #expect(config.schedule(steps: 95).warmup == 10)
    #expect(config.basePrecision == .int4)
  }

  @Test func aManifestWithAnUnknownKeyIsRefused() throws {
    let manifest = try JSONValue.parse(
      #"{"training": {"config": {"batch_sise": 4}}}"#, limits: .init())
    let error = failure { _ = try TrainingLayer(manifest: manifest, path: "m.json") }
    #expect(
      error?.description
        == "m.json: training.config.batch_sise: unknown option \"batch_sise\"; "
        + "did you mean \"batch_size\"?")
  }

  private static func scale(_ config: TrainingConfig, _ target: TargetModule) throws -> Float? {
    guard case .lora(let options) = try config.adapter(for: .qwen3, base: "b").method else {
      return nil
    }
    return options.scale(of: target)
  }

  /// What each method's settings make of the adapter.
  @Test func theAdapterIsThatOfTheSettings() throws {
    func method(_ values: [TrainingOption: String]) throws -> AdapterConfig.Method {
      try config(values).adapter(for: .qwen3, base: "b").method
    }
    #expect(try method([:]) == .lora(.init()))
    #expect(try method([.method: "lora-fa"]) == .lora(.init(frozenA: true)))
    #expect(
      try method([.method: "dora", .r: "8"]) == .lora(.init(rank: 8, alpha: 8, decomposed: true)))
    #expect(try method([.method: "rslora"]) == .lora(.init(rankStabilized: true)))
    #expect(try method([.method: "ia3"]) == .ia3(feedForward: [.down]))
    #expect(
      try method([.method: "soft-prompt", .promptInitText: "Answer in JSON."])
        == .promptTuning(.init(count: 64, start: .text("Answer in JSON."))))
    #expect(try method([.method: "soft-prompt"]) == .promptTuning(.init()))
  }

  @Test func patternsGiveModulesTheirOwnRankAndScale() throws {
    let config = try config([
      .r: "16", .loraAlpha: "32", .rankPattern: "q_proj=8", .alphaPattern: "q_proj=4",
    ])
    #expect(try Self.scale(config, .query) == 0.5)
    #expect(try Self.scale(config, .value) == 2)
  }

  @Test func ia3TakesPEFTsModulesOfTheArchitecture() throws {
    let config = try config([.method: "ia3"])
    #expect(config.modules(for: .qwen3) == [.query, .value, .down])
    #expect(config.modules(for: .llama) == [.key, .value, .down])
    #expect(try config.feedforwardModules(for: .llama) == [.down])
    let guide = try ExpertTrainingTests.config([
      .method: "ia3", .targetModules: "k_proj,v_proj,up_proj", .feedforwardModules: "up_proj",
    ])
    #expect(try guide.feedforwardModules(for: .qwen3) == [.up])
    let stray = try ExpertTrainingTests.config([
      .method: "ia3", .targetModules: "k_proj", .feedforwardModules: "up_proj",
    ])
    #expect(throws: TrainingError.self) { try stray.feedforwardModules(for: .qwen3) }
  }

  @Test func everyOptionHasAFlagAndNamesOfItsOwn() {
    let flags = TrainingOption.allCases.map(\.flag)
    #expect(Set(flags).count == flags.count)
    let names = TrainingOption.allCases.flatMap { [$0.rawValue] + $0.aliases }
    #expect(Set(names).count == names.count)
    for option in TrainingOption.allCases {
      #expect(TrainingLayer.option(named: option.rawValue) == option)
      #expect(!option.kind.expectation.isEmpty)
    }
  }

  @Test func aManifestWithSeveralBasesIsReadForTheOneThatIsWanted() throws {
    let manifest = try JSONValue.parse(
      """
      {"base_models": [
        {"name": "Qwen3-0.6B", "adapters": [{"type": "lora", "r": 8}]},
        {"name": "SmolLM2", "sha256": "sha256:AB", "rope_scaling": {"type": "yarn"},
          "adapters": [{"type": "lora", "r": 4}]}
      ], "training": {}}
      """, limits: .init())
    func layer(_ base: String?, here: Set<String> = []) throws -> TrainingLayer {
      try TrainingLayer(manifest: manifest, path: "m.json", base: base) { here.contains($0) }
    }
    func rank(_ layer: TrainingLayer) throws -> Int { try TrainingConfig(layers: [layer]).rank }
    #expect(try rank(layer(nil)) == 8)
    #expect(try rank(layer(nil, here: ["SmolLM2"])) == 4)
    let second = try layer("smollm2")
    #expect(try rank(second) == 4)
    #expect(second.manifestBase?.name == "SmolLM2" && second.manifestBase?.hash == "ab")
    #expect(second.notes.contains { $0.contains("rope_scaling") })
    let error = failure { _ = try layer("llama") }
    #expect(error?.description.contains("Qwen3-0.6B or SmolLM2") == true)
    let both = try JSONValue.parse(
      #"{"base_model": {"name": "a"}, "base_models": [{"name": "b"}], "training": {}}"#,
      limits: .init())
    #expect(failure { _ = try TrainingLayer(manifest: both, path: "m") } != nil)
  }

  @Test func differencesAreNamedByTheirFlags() throws {
    let (first, second) = (
      try config([.r: "16", .outputDir: "a"]),
      try config([.r: "8", .loraAlpha: "16", .targetModules: "q_proj", .outputDir: "b"])
    )
    #expect(
      first.differences(here: second) == [
        "--r 16, here 8", "--target-modules all-linear, here q_proj",
      ])
    #expect(first.differences(here: first).isEmpty)
  }

  /// What an adapter is, as the layer under the flags; PEFT's files do not say that A stays.
  @Test(arguments: [
    ("lora_warm", AdapterMethod.lora), ("dora_warm", .dora), ("ia3_warm", .ia3),
    ("prompt", .softPrompt), ("rslora_warm", .lora),
  ])
  func anAdapterSaysWhatItIs(name: String, method: AdapterMethod) throws {
    let folder = TinyModel.adapters("qwen3/\(name)/init")
    let layer = try TrainingLayer(startingFrom: folder, place: "--adapter", beside: [])
    let config = try TrainingConfig(layers: [.flags([.adapter: folder]), layer])
    #expect(config.method == method)
    #expect(config.usesRslora == name.hasPrefix("rslora"))
    let saved = try AdapterFolder.config(folder)
    #expect(try config.adapter(for: .qwen3, base: saved.base).targets == saved.targets)
    if case .lora = saved.method {
      #expect(try config.adapter(for: .qwen3, base: saved.base).method == saved.method)
      let chosen = try TrainingLayer.flags([.method: "lora-fa", .adapter: folder])
      if method == .lora, !config.usesRslora {
        let again = try TrainingLayer(startingFrom: folder, place: "", beside: [chosen])
        #expect(try TrainingConfig(layers: [chosen, again]).method == .loraFA)
      }
    }
    let wrong = try TrainingLayer.flags([.method: method == .ia3 ? "lora" : "ia3"])
    let error = failure {
      _ = try TrainingLayer(startingFrom: folder, place: "--adapter", beside: [wrong])
    }
    #expect(error?.description.hasPrefix("--method: says") == true)
    #expect(error?.description.contains(folder) == true)
  }
}
