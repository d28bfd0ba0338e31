internal import ExpertPlatform
internal import ExpertServe

/// What `bench expert` measures of the server.
enum ServeBench {
  /// One answer and eight at once, over HTTP, of a model with `layers` layers of Qwen3-0.6B's shape.
  static func lines(folder: String, layers: Int, pool: ThreadPool) async throws -> [BenchLine] {
    let report = try await ServeBenchmark(folder: folder, layers: layers, pool: pool).run()
    return [
      BenchLine("serving one stream", report.one, "tokens/s", "\(layers) layers, over HTTP"),
      BenchLine(
        "serving \(report.streams) streams at once", report.many, "tokens/s",
        "\(Figures.decimal(report.gain, 1)) times one stream; the goal is 3"),
    ]
  }
}
