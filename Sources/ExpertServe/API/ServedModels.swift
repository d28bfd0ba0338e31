package import ExpertModel
package import ExpertTokenizer

/// A model name of the server: the base, or an expert on it.
package struct ServedModel: Sendable {
  package var name: String
  /// `nil`: the base.
  package var adapter: Adapter?
  package var template: ChatTemplate

  package init(name: String, adapter: Adapter? = nil, template: ChatTemplate) {
    self.name = name
    self.adapter = adapter
    self.template = template
  }
}

/// The models of a server by name, the base first.
package struct ServedModels: Sendable {
  package let all: [ServedModel]
  private let places: [String: Int]

  /// Throws `nameTaken` where two have one name.
  package init(base: ServedModel, experts: [ServedModel]) throws(ServeError) {
    all = [base] + experts
    var places: [String: Int] = [:]
    for (place, model) in all.enumerated() {
      guard places.updateValue(place, forKey: model.name) == nil else {
        throw .nameTaken(model.name)
      }
    }
    self.places = places
  }

  package var base: ServedModel { all[0] }

  package subscript(_ name: String) -> ServedModel? { places[name].map { all[$0] } }
}
