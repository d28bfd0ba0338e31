import ExpertModel
import ExpertPlatform
import ExpertTensors
import ExpertTestSupport
internal import Foundation
import Testing

/// A crafted configuration ends in an error or in a model whose tensors have the shapes that it
/// names. `FUZZ_SECONDS` sets how long each test looks.
@Suite(.serialized) struct ConfigFuzzTests {
  @Test(arguments: ["qwen3", "qwen2", "llama"])
  func configFiles(_ name: String) throws {
    let model = try ChangedModel(name)
    let path = model.folder.file("config.json")
    let config = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    var mutator = Mutator(seed: 5, corpus: [config])
    let clock = ContinuousClock()
    let end = clock.now + .seconds(Mutator.seconds)
    let before = ResourceUsage.now().peakResidentBytes
    var (tried, opened) = (0, 0)
    while clock.now < end {
      try Data(mutator.next()).write(to: URL(fileURLWithPath: path))
      let start = clock.now
      tried += 1
      do throws(ModelFileError) {
        let files = try ModelFiles.open(model.path)
        opened += 1
        for needed in files.config.neededTensors {
          let shape = try files.tensor(needed.name).shape
          #expect(shape == needed.shape)
        }
      } catch {}
      #expect(clock.now - start < .seconds(5), "file \(tried) took too long")
    }
    let grown = ResourceUsage.now().peakResidentBytes - before
    #expect(!Mutator.isAlone || grown < 256 << 20)
    #expect(tried > 50 && opened > 0 && opened < tried, "\(opened) of \(tried) opened")
  }

  @Test func ggufModels() throws {
    let source = ModelFilesTests.golden.file("llama.gguf")
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: source)))
    let folder = try TemporaryFolder()
    let path = folder.file("f.gguf")
    var mutator = Mutator(seed: 6, corpus: [whole])
    let end = ContinuousClock().now + .seconds(Mutator.seconds)
    var (tried, opened) = (0, 0)
    while ContinuousClock().now < end {
      try Data(mutator.next()).write(to: URL(fileURLWithPath: path))
      tried += 1
      do {
        try ModelFiles.open(path).verify()
        opened += 1
      } catch is ModelFileError {}
    }
    #expect(tried > 50 && opened < tried, "\(opened) of \(tried) opened")
  }
}
