import ExpertModel
import ExpertPlatform
import ExpertTensors
import ExpertTestSupport
import ExpertTraining

/// The tiny models in Hugging Face's form that lie beside the tests of models.
enum TinyModel {
  private static let golden: String = {
    let parts = #filePath.split(separator: "/").dropLast(2)
    return "/" + parts.joined(separator: "/") + "/ExpertModelTests/Golden"
  }()

  static func path(_ name: String = "qwen3") -> String { golden + "/tiny/" + name }

  static func adapters(_ name: String) -> String { golden + "/adapters/" + name }

  static func open(_ name: String = "qwen3", precision: Precision = .fp32) throws -> BaseModel {
    let files = try ModelFiles.open(path(name))
    return try BaseModel(files.config, precision: precision, pool: .shared) {
      try files.tensor($0)
    }
  }

  static func adapter(_ folder: String, on model: BaseModel) throws -> Adapter {
    let adapter = try AdapterFolder.load(folder, for: model.config)
    model.prepare(adapter, pool: .shared)
    return adapter
  }
}

/// max|Δ| / max|reference|.
func relative(_ found: [Float], _ reference: [Float]) -> Float {
  guard found.count == reference.count else { return .infinity }
  let most = reference.reduce(Float(1e-30)) { max($0, abs($1)) }
  return zip(found, reference).reduce(0) { max($0, abs($1.0 - $1.1)) } / most
}
