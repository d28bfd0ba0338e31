import ExpertPlatform
import ExpertTensors
import Testing

@Suite struct KernelCheckTests {
  @Test(arguments: InstructionSet.available) func `Kernels agree with plain C`(
    _ isa: InstructionSet
  ) {
    #expect(KernelCheck.failures(of: isa).isEmpty)
  }
}

@Suite struct ProductBenchmarkTests {
  @Test func `Rates follow from what was measured`() {
    let pool = ThreadPool(threads: 1)
    let peaks = MachinePeaks(
      threads: 1, bf16Flops: 1e9, int8Flops: 2e9, fp32Flops: 1e9, readBytes: 1e9)
    let rates = ProductBenchmark(peaks: peaks, pool: pool).manyRows([16], shapes: [(96, 64)])
    #expect(rates.count == 14)
    for rate in rates {
      let operations = Double(2 * 16 * 96 * 64)
      #expect(abs(rate.flops * rate.seconds - operations) < 1e-3 * operations)
      #expect(rate.share == rate.flops / (rate.way.precision == "w8a8" ? 2e9 : 1e9))
    }
  }

  @Test func `Peaks are positive and threads counted`() {
    let peaks = MachinePeaks.measure(pool: ThreadPool(threads: 2))
    #expect(peaks.threads == 2 && peaks.fp32Flops > 1e8 && peaks.readBytes > 1e8)
  }
}
