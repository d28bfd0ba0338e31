internal import ExpertModel
internal import ExpertTensors
internal import ExpertTokenizer

extension RegistryError: ExitCoded {
  package var exitStatus: ExitStatus {
    switch self {
    case .badName, .badRepository, .unknown, .taken, .badFile, .nothingToPull: .usage
    case .notPulled: .missing
    case .hub(_, let status, _): [401, 403].contains(status) ? .missing : .failure
    case .damaged: .damage
    case .file, .noSpace, .badAnswer, .transfer, .wrongHash, .wrongSize: .failure
    }
  }

  package var kind: String {
    switch self {
    case .badName, .badRepository, .unknown, .nothingToPull: "unknown-name"
    case .taken: "name-taken"
    case .notPulled: "not-pulled"
    case .badFile: "bad-file"
    case .file: "input-output"
    case .noSpace: "disk-full"
    case .hub(_, let status, _): [401, 403].contains(status) ? "no-access" : "hub"
    case .badAnswer: "hub"
    case .transfer: "transfer"
    case .wrongHash, .wrongSize: "wrong-hash"
    case .damaged: "damaged"
    }
  }
}

extension ModelFileError: ExitCoded {
  package var exitStatus: ExitStatus {
    switch self {
    case .file, .unsupported: .failure
    case .notAModel: .usage
    case .tensors(let error): error.exitStatus
    case .config, .missingTensor, .wrongShape, .notFinite: .damage
    }
  }

  package var kind: String {
    switch self {
    case .file: "input-output"
    case .unsupported: "unsupported-model"
    case .notAModel: "not-a-model"
    case .tensors(let error): error.kind
    case .config, .missingTensor, .wrongShape, .notFinite: "bad-model"
    }
  }
}

extension TensorFileError: ExitCoded {
  package var exitStatus: ExitStatus {
    switch self {
    case .file, .unsupported: .failure
    case .malformed, .missingTensor: .damage
    }
  }

  package var kind: String {
    switch self {
    case .file: "input-output"
    case .unsupported: "unsupported-model"
    case .malformed, .missingTensor: "bad-model"
    }
  }
}

extension AdapterError: ExitCoded {
  package var exitStatus: ExitStatus { .damage }
  package var kind: String { "bad-adapter" }
}

extension GenerationError: ExitCoded {
  package var exitStatus: ExitStatus {
    switch self {
    case .emptyPrompt, .promptTooLong, .badSampling: .usage
    case .unknownToken, .notFinite: .damage
    }
  }

  package var kind: String {
    switch self {
    case .emptyPrompt, .promptTooLong: "bad-prompt"
    case .badSampling: "bad-sampling"
    case .unknownToken, .notFinite: "bad-model"
    }
  }
}

extension TokenizerError: ExitCoded {
  package var exitStatus: ExitStatus { .damage }
  package var kind: String { "bad-tokenizer" }
}
