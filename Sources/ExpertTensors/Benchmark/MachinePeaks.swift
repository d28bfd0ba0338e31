internal import CKernels
package import ExpertPlatform
internal import Foundation

/// The limits of this machine, measured: what rates of products are compared with.
package struct MachinePeaks: Sendable, Hashable, Codable {
  /// Threads that worked.
  package var threads: Int
  /// bf16 multiplications and additions in registers, per second; 0 where there are none.
  package var bf16Flops: Double
  /// Multiplications and additions of eight bits in registers, per second; 0 where there are none.
  package var int8Flops: Double
  /// fp32 multiplications and additions in registers, per second.
  package var fp32Flops: Double
  /// Bytes read from memory per second, from an area far beyond the caches.
  package var readBytes: Double

  /// Limits that were measured elsewhere.
  package init(
    threads: Int, bf16Flops: Double, int8Flops: Double = 0, fp32Flops: Double, readBytes: Double
  ) {
    self.threads = threads
    self.bf16Flops = bf16Flops
    self.int8Flops = int8Flops
    self.fp32Flops = fp32Flops
    self.readBytes = readBytes
  }

  /// Measures for about half a second (256 MiB of memory are taken unless `reading` is false): the
  /// best of three rounds, for a machine that others use too may be slow for longer than one of them.
  package static func measure(
    isa: InstructionSet = .current, reading: Bool = true, pool: ThreadPool
  ) -> MachinePeaks {
    var best = MachinePeaks(threads: pool.threads, bf16Flops: 0, fp32Flops: 0, readBytes: 0)
    for _ in 0..<3 {
      best.bf16Flops = max(best.bf16Flops, flops(isa, EXPERT_COMPUTE_BF16, pool))
      best.int8Flops = max(best.int8Flops, flops(isa, EXPERT_COMPUTE_INT8, pool))
      best.fp32Flops = max(best.fp32Flops, flops(isa, EXPERT_COMPUTE_F32, pool))
      if reading { best.readBytes = max(best.readBytes, read(isa, pool)) }
    }
    return best
  }

  /// The limit of frozen products at a precision.
  package func flops(_ precision: Precision) -> Double {
    let reached =
      switch precision {
      case .fp32: 0.0
      case .w8a8: int8Flops
      case .bf16, .int8, .int4, .nf4: bf16Flops
      }
    return reached > 0 ? reached : fp32Flops
  }

  private static func flops(
    _ isa: InstructionSet, _ compute: expert_compute, _ pool: ThreadPool
  ) -> Double {
    // Many shares, so that a thread that the system set aside delays little.
    let (shares, turns) = (16 * pool.threads, 40_000)
    let one = expert_peak_flops(isa.kernels, compute, 1)
    guard one > 0 else { return 0 }
    let seconds = bestTime(repeats: 5) {
      pool.run(shares) { _ in _ = expert_peak_flops(isa.kernels, compute, turns) }
    }
    return one * Double(turns * shares) / seconds
  }

  private static func read(_ isa: InstructionSet, _ pool: ThreadPool) -> Double {
    let (share, shares) = (4 << 20, 64)
    let memory = RawBuffer(count: share * shares)
    let seconds = bestTime(repeats: 3) {
      pool.run(shares) { task in
        _ = expert_peak_read(isa.kernels, memory.base + task * share, share)
      }
    }
    return Double(share * shares) / seconds
  }
}

/// The shortest of several runs, in seconds: what the machine does when nothing else disturbs it.
func bestTime(repeats: Int, _ body: () -> Void) -> Double {
  var best = Double.infinity
  for _ in 0..<repeats {
    let start = ContinuousClock.now
    body()
    let (seconds, atto) = start.duration(to: .now).components
    best = min(best, Double(seconds) + Double(atto) * 1e-18)
  }
  return best
}
