package import ExpertPlatform

/// What stops a training run, or keeps it from starting. The payload is the offending value and
/// its place; the description adds what to do.
package enum TrainingError: Error, Sendable, Hashable {
  /// A value that its option cannot take. `place` is the flag, or the file and key.
  case badValue(place: String, found: String, expected: String)
  /// A name that no option has.
  case unknownOption(name: String, place: String, nearest: String?)
  /// An option that means nothing beside another choice.
  case outOfPlace(place: String, reason: String)
  /// A file that cannot be read as what it should be.
  case badFile(path: String, line: Int, message: String)
  /// A dataset of another kind than the objective needs.
  case wrongKind(dataset: String, found: String, objective: String, needed: String, format: String)
  /// A split without a record.
  case emptySplit(version: String, split: String)
  /// Texts over a limit under the policy `error`.
  case tooLong(TooLong)
  /// Nothing is left to learn from: no example, or none with a supervised target.
  case nothingToLearn(reason: String)
  /// A tensor whose size is not what it should be.
  case wrongSize(name: String, found: Int, expected: Int)
  /// A matrix that cannot be inverted, as its product has NaN or infinite elements.
  case notInvertible(name: String)
  /// A checkpoint whose bytes are not the ones that were written.
  case damagedCheckpoint(path: String, reason: String)
  /// A checkpoint or record that does not have the hash of its settings.
  case otherRun(path: String, what: String, found: String, expected: String)
  /// The folder of a run with other settings or from other things; each difference in words.
  case otherSettings(path: String, differences: [String])
  /// A run that cannot be repeated, as something is not what it was.
  case notReproducible(path: String, differences: [String])
  /// The disk took no more bytes. Nothing older was touched.
  case diskFull(path: String, needed: Int)
  /// A teacher that does not share the student's vocabulary.
  case otherVocabulary(teacher: Int, student: Int)
  /// A teacher that cuts the same text into other tokens.
  case otherTokenizer(teacher: String)
  /// A single answer that is neither called good nor bad.
  case unlabelled(example: String)
  /// What a teacher said of an example is neither kept nor computed.
  case noAnswer(example: String)
  /// Another failure of a file.
  case file(FileError)
  /// A tracker that does not take what it is given.
  case tracker(name: String, reason: String)
}

extension TrainingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badValue(let place, let found, let expected):
      "\(place): expected \(expected), found \"\(found)\""
    case .unknownOption(let name, let place, let nearest):
      "\(place): unknown option \"\(name)\"; "
        + (nearest.map { "did you mean \"\($0)\"?" } ?? "`train sft --help` lists them all")
    case .outOfPlace(let place, let reason): "\(place): \(reason)"
    case .badFile(let path, let line, let message): "\(path):\(line): \(message)"
    case .file(let error): error.description
    case .tracker(let name, let reason):
      "the tracker \(name) cannot go on: \(reason); train without it by --report-to jsonl"
    default: dataDescription
    }
  }

  private var dataDescription: String {
    switch self {
    case .wrongKind(let dataset, let found, let objective, let needed, let format):
      "\(dataset) holds \(found) records; \(objective) needs \(needed) records: make them with "
        + "`expert-gen dataset create --domain DOMAIN --task \"…\" --format \(format) --name NAME "
        + "--count 2000 --provider procedural`, or import rows of that kind with "
        + "`expert-gen dataset import NAME rows.jsonl`"
    case .emptySplit(let version, let split):
      "\(version) has no record in its \(split) split; make one with `dataset split`, "
        + "or name another version"
    case .tooLong(let found): found.description
    case .nothingToLearn(let reason): "there is nothing to learn from: \(reason)"
    case .otherVocabulary(let teacher, let student):
      "the teacher knows \(teacher) tokens and the student \(student); take a teacher of the same "
        + "family, or learn from its replies: --distill-loss replies"
    case .otherTokenizer(let teacher):
      "\(teacher) cuts texts into other tokens than the student; take a teacher of the same "
        + "family, or learn from its replies: --distill-loss replies"
    case .unlabelled(let example):
      "the record \(example) does not say whether its answer is good; --loss-type kto needs "
        + "preference records, or a column \"label\" that is true or false in every record"
    case .noAnswer(let example):
      "the teacher's answer to \(example) is not in the store; give the same command again, "
        + "which computes what is missing"
    case .wrongSize(let name, let found, let expected):
      "\(name) has \(found) elements where \(expected) belong"
    case .notInvertible(let name):
      "\(name): its product with itself cannot be inverted, for it holds NaN or infinity; "
        + "lower --learning-rate"
    default: checkpointDescription
    }
  }

  private var checkpointDescription: String {
    switch self {
    case .damagedCheckpoint(let path, let reason):
      "the checkpoint \(path) is damaged: \(reason); an older one is taken where there is one"
    case .otherRun(let path, let what, let found, let expected):
      "\(path) belongs to a run with another \(what) (\(found), here \(expected)); "
        + "give the settings it was started with, or another --output"
    case .otherSettings(let path, let differences):
      "\(path) belongs to another run: \(differences.joined(separator: "; ")). Give what it was "
        + "started with, or another --output"
    case .notReproducible(let path, let differences):
      "\(path) cannot be repeated: \(differences.joined(separator: "; "))"
    case .diskFull(let path, let needed):
      "no room on the disk for \(path) (\(needed) bytes); the state saved before is untouched: "
        + "free some space and give the same command again"
    default: "training failed"
    }
  }
}

/// Texts over a limit, and what can be done about them.
package struct TooLong: Sendable, Hashable {
  /// How many, of how many.
  package var count: Int
  package var total: Int
  /// The longest one's record and its length in tokens.
  package var example: String
  package var longest: Int
  /// In tokens.
  package var limit: Int
  /// The flag that raises the limit; `nil` where it is the context of the base.
  package var flag: String?
  /// Whether the examples are pairs, which cannot be split.
  package var pairs: Bool

  package init(
    count: Int, of total: Int, example: String, longest: Int, limit: Int, flag: String?,
    pairs: Bool = false
  ) {
    self.count = count
    self.total = total
    self.example = example
    self.longest = longest
    self.limit = limit
    self.flag = flag
    self.pairs = pairs
  }
}

extension TooLong: CustomStringConvertible {
  package var description: String {
    let policies =
      pairs ? "--on-too-long drop or truncate" : "--on-too-long drop, truncate or split"
    let remedy =
      flag.map { "raise \($0), or choose \(policies)" }
      ?? "that is the base's context, so choose \(policies), or a base with a longer one"
    return "\(count) of \(total) \(pairs ? "pairs" : "examples") are longer than \(limit) tokens "
      + "(the longest, \(example), has \(longest)); \(remedy)"
  }
}
