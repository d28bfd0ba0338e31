package import ExpertPlatform
internal import ExpertProviders
package import ExpertRecord

/// One model that answers a job's requests, and its part of them.
package struct Teacher: Sendable, Hashable {
  package var provider: String
  package var model: String
  /// The teacher's part of the requests, relative to the others'.
  package var weight: Double

  package init(provider: String, model: String, weight: Double = 1) {
    self.provider = provider
    self.model = model
    self.weight = weight
  }
}

/// Everything that decides what a job asks. The same task is the same job, wherever it runs.
///
/// Count, filters, budget, the token limit and the base URL are not part of it: an answer stays
/// usable after they change.
package struct GenerationTask: Sendable {
  package var domain: String
  package var task: String
  package var format: GenerationFormat
  package var plan: Plan
  package var teachers: [Teacher]
  package var template: PromptTemplate
  package var language: String?
  package var principles: [String] = []
  /// Records of the wanted quality, as JSON text, shown in every prompt.
  package var examples: [String] = []
  package var temperature: Double?
  package var topP: Double?
  package var seed: UInt64 = 0
  /// Records asked per request.
  package var batchSize: Int = 4

  package init(
    domain: String, task: String, format: GenerationFormat, plan: Plan, teachers: [Teacher],
    template: PromptTemplate
  ) {
    self.domain = domain
    self.task = task
    self.format = format
    self.plan = plan
    self.teachers = teachers
    self.template = template
  }

  /// What identifies the task, in a form whose RFC 8785 bytes are hashed and stored.
  package var json: JSONValue {
    [
      "domain": .string(domain),
      "task": .string(task),
      "format": .string(format.rawValue),
      "cells": .array(
        plan.cells.map { ["cell": $0.json, "share": .number($0.share)] }),
      "teachers": .array(
        teachers.map {
          [
            "provider": .string($0.provider), "model": .string($0.model),
            "weight": .number($0.weight),
          ]
        }),
      "template": [
        "name": .string(template.name), "version": .number(Double(template.version)),
        "sha256": .string(template.digest.hex),
      ],
      "language": language.map(JSONValue.string) ?? .null,
      "principles": .array(principles.map(JSONValue.string)),
      "examples": .array(examples.map(JSONValue.string)),
      "temperature": temperature.map(JSONValue.number) ?? .null,
      "top_p": topP.map(JSONValue.number) ?? .null,
      "seed": .string(String(seed)),
      "batch_size": .number(Double(batchSize)),
    ]
  }

  /// Identifies the task. Record ids are made from it, so the same task gives the same ids in
  /// every store and under every dataset name.
  package var digest: Digest { Digest.tagged(.config, CanonicalJSON.bytes(of: json)) }
}
