package import ExpertPlatform
internal import ExpertTensors

/// What is attached to the groups of one layer, and in training what their passes leave and drop.
package struct LayerAdapters {
  package var modules: [ModuleGroup: ModuleAdapter]
  package var tapes: [ModuleGroup: AdapterTape]
  /// Which inputs of a group are dropped; `nil` where none are.
  package var dropout: ((ModuleGroup) -> DropoutKey)?

  package init(
    _ modules: [ModuleGroup: ModuleAdapter], tapes: [ModuleGroup: AdapterTape] = [:],
    dropout: ((ModuleGroup) -> DropoutKey)? = nil
  ) {
    self.modules = modules
    self.tapes = tapes
    self.dropout = dropout
  }
}

extension DecoderLayer {
  /// The product of one group, with what is attached to it.
  package func product(
    _ group: ModuleGroup, _ adapters: LayerAdapters?, pool: ThreadPool
  ) -> GroupProduct {
    GroupProduct(
      matrix(of: group), bias: group == .queryKeyValue ? queryKeyValueBias : nil,
      adapter: adapters?.modules[group], tape: adapters?.tapes[group],
      dropout: adapters?.dropout?(group), pool: pool)
  }
}
