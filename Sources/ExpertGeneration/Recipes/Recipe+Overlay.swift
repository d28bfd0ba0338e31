extension Recipe {
  /// This recipe with another's members wherever those say something: flags over a recipe file,
  /// a recipe file over the built-in one of its domain.
  package func overlaid(by other: Recipe) -> Recipe {
    var result = self
    result.name = other.name ?? name
    result.domain = other.domain ?? domain
    result.task = other.task ?? task
    result.format = other.format ?? format
    result.count = other.count ?? count
    result.mix = other.mix ?? mix
    result.language = other.language ?? language
    result.prompt = other.prompt ?? prompt
    result.temperature = other.temperature ?? temperature
    result.topP = other.topP ?? topP
    result.seed = other.seed ?? seed
    result.batchSize = other.batchSize ?? batchSize
    result.budget = other.budget ?? budget
    result.maxCandidates = other.maxCandidates ?? maxCandidates
    result.minOutputLength = other.minOutputLength ?? minOutputLength
    result.diversityThreshold = other.diversityThreshold ?? diversityThreshold
    if !other.teachers.isEmpty { result.teachers = other.teachers }
    if !other.topics.isEmpty { result.topics = other.topics }
    if !other.personas.isEmpty { result.personas = other.personas }
    if !other.principles.isEmpty { result.principles = other.principles }
    if !other.examples.isEmpty { result.examples = other.examples }
    return result
  }
}
