internal import ArgumentParser
internal import ExpertTraining

/// `expert-gen train sft`.
struct TrainSFTCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sft", abstract: "Train on the answers of a version (supervised fine-tuning).",
    discussion: """
      The folder of --output becomes an adapter as PEFT reads it, with the run's own files: \
      run.json, metrics.jsonl, report.html, checkpoints. Ctrl-C saves; the same command goes on.

      Examples:
        expert-gen train sft --base smollm2-135m --dataset json-parsing@v1 --output adapter
        expert-gen train sft --base qwen3-0.6b --quantize int4 --dataset rows.jsonl \\
          --method dora --r 32 --epochs 2 --output adapter --report-to tensorboard
        expert-gen train sft --recipe recipe.yaml --dry-run
      """)

  @OptionGroup var flags: TrainingFlags
  @Flag(help: "Show the data, its mask and the forecast, and train nothing.") var dryRun = false
  @OptionGroup var options: GlobalOptions

  func run() async throws { try flags.run(.sft, dryRun: dryRun, options) }
}
