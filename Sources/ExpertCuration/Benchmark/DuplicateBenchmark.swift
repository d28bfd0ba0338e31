internal import CKernels
internal import ExpertPlatform
package import ExpertRecord

/// Measures the near-duplicate search from text to verdict on synthetic rows.
package enum DuplicateBenchmark {
  /// What was measured.
  package struct Report: Sendable, Hashable {
    package var rows: Int
    package var threads: Int
    package var threshold: Double
    /// The instruction set that the kernels used.
    package var instructionSet: String
    /// Time from text to verdict; making the rows is not counted.
    package var seconds: Double
    /// Processor time of the same work, all threads together: what it costs on a machine that has
    /// nothing else to do.
    package var processorSeconds: Double
    package var textBytes: Int
    /// Growth of the process's greatest resident size, the batch of texts included, where the
    /// system tells it.
    package var peakBytes: Int?
    /// Planted copies whose exact similarity to their base is at or over the threshold.
    package var plantedPairs: Int
    /// Those of them that were found.
    package var foundPairs: Int
    /// Rows reported as duplicates.
    package var duplicates: Int
    /// Reported duplicates whose similarity, computed again from the words, is not what was
    /// reported or is below the threshold.
    package var falsePositives: Int

    package var rowsPerSecond: Double { Double(rows) / seconds }
    package var rowsPerProcessorSecond: Double { Double(rows) / processorSeconds }
    package var megabytesPerSecond: Double { Double(textBytes) / seconds / 1e6 }
    package var peakBytesPerRow: Double? { peakBytes.map { Double($0) / Double(max(1, rows)) } }
    package var recall: Double { plantedPairs == 0 ? 1 : Double(foundPairs) / Double(plantedPairs) }
  }

  /// Rows made and judged at a time.
  private static let batch = 32_768

  /// Judges `rows` synthetic rows on `threads` threads and checks every verdict.
  package static func run(
    rows: Int = 1_000_000, threads: Int = 2, seed: UInt64 = 0, threshold: Double = 0.75
  ) -> Report {
    let source = BenchmarkRows(seed: seed)
    let before = ResourceUsage.now().residentBytes
    let index = DuplicateIndex(threshold: threshold)
    var matches: [(row: Int, match: DuplicateMatch)] = []
    var bytes = 0
    var elapsed = Duration.zero
    var processor = 0.0
    for start in stride(from: 0, to: rows, by: batch) {
      let ids = Array(start..<min(rows, start + batch))
      let texts = ids.map(source.text)
      bytes += texts.reduce(0) { $0 + $1.utf8.count }
      let (began, spent) = (ContinuousClock.now, ResourceUsage.now().processTime)
      let verdicts = index.judge(texts, ids: ids, threads: threads)
      elapsed += ContinuousClock.now - began
      processor += (ResourceUsage.now().processTime - spent) / .seconds(1)
      for (row, verdict) in zip(ids, verdicts) {
        if let match = verdict.match { matches.append((row, match)) }
      }
    }
    let peak = ResourceUsage.now().peakResidentBytes
    var report = Report(
      rows: rows, threads: threads, threshold: threshold,
      instructionSet: String(cString: expert_isa_name(expert_isa_current())),
      seconds: elapsed / .seconds(1), processorSeconds: processor, textBytes: bytes, peakBytes: nil,
      plantedPairs: 0,
      foundPairs: 0, duplicates: matches.count, falsePositives: 0)
    report.peakBytes = max(0, peak - before)
    check(matches, source, &report)
    return report
  }

  /// Computes the similarity of every planted pair and every reported pair again, from words.
  private static func check(
    _ matches: [(row: Int, match: DuplicateMatch)], _ source: BenchmarkRows, _ report: inout Report
  ) {
    var reported: [Int: DuplicateMatch] = [:]
    for (row, match) in matches { reported[row] = match }
    for row in 0..<report.rows {
      let match = reported[row]
      if let match {
        let exact = ExactSimilarity.of(source.text(row), source.text(match.id))
        if exact < report.threshold || exact != match.similarity { report.falsePositives += 1 }
      }
      guard let base = source.base(of: row) else { continue }
      let planted = ExactSimilarity.of(source.text(row), source.text(base))
      guard planted >= report.threshold else { continue }
      report.plantedPairs += 1
      if match != nil { report.foundPairs += 1 }
    }
  }
}

extension DuplicateBenchmark.Report: CustomStringConvertible {
  package var description: String {
    let peak = peakBytesPerRow.map { "\(Int($0)) bytes a row at the peak" } ?? "peak not known"
    return """
      near duplicates: \(rows) rows, \(threads) threads, \(instructionSet), threshold \(threshold)
        \(Int(rowsPerSecond)) rows/s, \(megabytesPerSecond.rounded(places: 1)) MB/s, \(peak)
        \(Int(rowsPerProcessorSecond)) rows per second of processor time
        recall \(recall.rounded(places: 5)) over \(plantedPairs) planted pairs, \
      \(falsePositives) false among \(duplicates) reported
      """
  }

  /// The figures for `--json`.
  package var json: JSONValue {
    [
      "rows": .number(Double(rows)), "threads": .number(Double(threads)),
      "threshold": .number(threshold), "instruction_set": .string(instructionSet),
      "seconds": .number(seconds), "processor_seconds": .number(processorSeconds),
      "rows_per_second": .number(rowsPerSecond),
      "megabytes_per_second": .number(megabytesPerSecond),
      "peak_bytes_per_row": peakBytesPerRow.map(JSONValue.number) ?? .null,
      "planted_pairs": .number(Double(plantedPairs)), "recall": .number(recall),
      "reported": .number(Double(duplicates)), "false_positives": .number(Double(falsePositives)),
    ]
  }
}
