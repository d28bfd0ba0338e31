internal import ExpertProviders
internal import ExpertRecord
import Testing

@Suite struct ProceduralProviderTests {
  private func reply(_ prompt: String) async throws -> ModelReply {
    let request = ModelRequest(
      provider: "procedural", model: "procedural",
      messages: [Message(role: "user", content: prompt)])
    return try await ProceduralProvider().ask(request) { _ in }
  }

  @Test func answersWithAnArrayOfCountRecords() async throws {
    let reply = try await reply(
      """
      {"count":4,"difficulty":"easy","domain":"json-parsing","format":"instruction","seed":"0",\
      "slot":17,"topic":"extract"}
      """)
    let records = try #require(JSONValue.parse(reply.text).array)
    #expect(records.count == 4)
    for record in records {
      #expect(record["instruction"]?.string?.isEmpty == false)
      #expect(record["output"]?.string?.isEmpty == false)
      #expect(record["template"]?.string?.hasPrefix("extract-") == true)
    }
    #expect(reply.finish == .complete)
    #expect(reply.usage == Usage())
  }

  @Test func sameSeedSameBytesAndAnotherSeedDiffers() throws {
    let provider = ProceduralProvider()
    for domain in DomainRegistry.all {
      let ask = ProceduralAsk(domain: domain.name, seed: 7, slot: 3, count: 40)
      var other = ask
      other.seed = 8
      let first = try provider.records(for: ask)
      #expect(try first == provider.records(for: ask))
      #expect(try first != provider.records(for: other))
    }
  }

  @Test func aRecordDependsOnSlotAndOrdinalAlone() throws {
    let provider = ProceduralProvider()
    for domain in DomainRegistry.all {
      let few = try provider.records(for: ProceduralAsk(domain: domain.name, slot: 5, count: 3))
      let many = try provider.records(for: ProceduralAsk(domain: domain.name, slot: 5, count: 9))
      #expect(Array(many.prefix(3)) == few)
    }
  }

  @Test func everySkillDifficultyAndFormatAnswers() throws {
    let provider = ProceduralProvider()
    var cells = 0
    for domain in DomainRegistry.all {
      for skill in domain.skills {
        for format in ProceduralFormat.allCases {
          for difficulty in Difficulty.allCases {
            let ask = ProceduralAsk(
              domain: domain.name, topic: skill, format: format, difficulty: difficulty,
              slot: cells, count: 3)
            #expect(try provider.records(for: ask).count == 3)
            cells += 1
          }
        }
      }
    }
    #expect(cells == DomainRegistry.all.map(\.skills.count).reduce(0, +) * 12)
  }

  @Test func everyTemplateBelongsToASkillAndHasItsOwnName() {
    for domain in DomainRegistry.all {
      #expect(Set(domain.templates.map(\.id)).count == domain.templates.count)
      #expect(Set(domain.templates.map(\.skill)) == Set(domain.skills))
    }
  }

  @Test(arguments: [1, 3, 6, 18]) func sharesAreEvenWhateverSlotsATopicGets(step: Int) {
    for domain in DomainRegistry.all {
      for skill in domain.skills {
        let templates = domain.templates.filter { $0.skill == skill }
        var tally: [String: Int] = [:]
        for turn in 0..<(templates.count * 25 * 4) {
          let slot = turn / 4 * step + 2
          tally[ProceduralProvider.choice(slot, turn % 4, of: templates).id, default: 0] += 1
        }
        #expect(tally.count == templates.count)
        #expect(tally.values.allSatisfy { (88...112).contains($0) }, "\(tally)")
      }
    }
  }

  @Test func everyTemplateGivesWrongAnswersThatDiffer() throws {
    for domain in DomainRegistry.all {
      for template in domain.templates {
        for difficulty in Difficulty.allCases {
          for round in 0..<5 {
            var generator = SeededGenerator(seed: 5, stream: "\(template.id)/\(round)")
            let item = template.make(&generator, difficulty)
            let comment = Comment(rawValue: "\(template.id): \(item)")
            #expect(item.corruptions.count >= 2, comment)
            #expect(item.corruptions.allSatisfy { $0.output != item.output }, comment)
            #expect(!item.reasoning.isEmpty && !item.output.isEmpty, comment)
            #expect(!item.instruction.isEmpty, comment)
          }
        }
      }
    }
  }

  @Test(arguments: [
    (#"{"domain":"cooking"}"#, "domain"), (#"{"domain":"json-parsing","topic":"x"}"#, "topic"),
    (#"{"domain":"json-parsing","format":"x"}"#, "format"),
    (#"{"domain":"json-parsing","difficulty":"x"}"#, "difficulty"),
  ])
  func unknownNamesAreRefusedWithWhatThereIs(prompt: String, what: String) async throws {
    do {
      _ = try await reply(prompt)
      Issue.record("accepted \(prompt)")
    } catch ProviderError.unknown(let found, _, let known) {
      #expect(found.hasPrefix(what))
      #expect(!known.isEmpty)
    }
  }

  @Test(arguments: [
    "", "[]", "count: 4", #"{"domain":"json-parsing","count":0}"#,
    #"{"domain":"json-parsing","seed":-1}"#, #"{"domain":"json-parsing","slot":"x"}"#,
    #"{"domain":"json-parsing","count":1e300}"#,
  ])
  func aGarbledPromptIsRefused(prompt: String) async throws {
    await #expect(throws: ProviderError.self) { _ = try await reply(prompt) }
  }
}
