internal import ExpertPlatform
internal import ExpertRecord

/// Tensors spread over several safetensors files, as `model.safetensors.index.json` maps them.
package final class ShardedSafetensors: Sendable {
  /// The files, sorted by name.
  package let shards: [Safetensors]
  /// Names of all tensors that the index maps, sorted.
  package let names: [String]
  private let places: [String: Int]

  private static let maxIndexBytes = 16 << 20
  private static let maxShards = 4096

  /// Reads the index and opens every file that it names, all in the index's own folder.
  package init(index path: String) throws(TensorFileError) {
    let map = try Self.weightMap(path)
    let files = Set(map.map(\.file)).sorted { Array($0.utf8).lexicographicallyPrecedes($1.utf8) }
    guard files.count <= Self.maxShards else {
      throw .unsupported(
        path: path, field: "weight_map", reason: "it names \(files.count) files")
    }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    var shards: [Safetensors] = []
    for file in files { shards.append(try Safetensors(folder + file)) }
    let numbers = Dictionary(uniqueKeysWithValues: zip(files, shards.indices))
    var places: [String: Int] = [:]
    for (tensor, file) in map {
      guard let shard = numbers[file], shards[shard].entry(tensor) != nil else {
        throw .missingTensor(path: folder + file, name: tensor)
      }
      places[tensor] = shard
    }
    self.shards = shards
    self.places = places
    names = places.keys.sorted()
  }

  /// The file that holds a tensor.
  package func shard(of name: String) -> Safetensors? { places[name].map { shards[$0] } }

  /// A tensor of F32, F16 or BF16.
  package func tensor(_ name: String) throws(TensorFileError) -> TensorView {
    guard let shard = shard(of: name) else {
      throw .missingTensor(path: shards.first?.path ?? "", name: name)
    }
    return try shard.tensor(name)
  }

  private static func weightMap(
    _ path: String
  ) throws(TensorFileError) -> [(tensor: String, file: String)] {
    let mapped: MappedFile
    do throws(FileError) { mapped = try MappedFile(path) } catch { throw .file(error) }
    let root: JSONValue
    do throws(JSONError) {
      let limits = JSONLimits(maxBytes: maxIndexBytes, maxDepth: 8)
      guard mapped.bytes.count <= maxIndexBytes else {
        throw JSONError(offset: 0, in: mapped.bytes, reason: "more than \(maxIndexBytes) bytes")
      }
      root = try JSONValue.parse(Array(mapped.bytes), limits: limits)
    } catch {
      throw .malformed(path: path, field: "index", reason: error.description)
    }
    guard let members = root["weight_map"]?.members, !members.isEmpty else {
      throw .malformed(path: path, field: "weight_map", reason: "it is missing or empty")
    }
    var map: [(tensor: String, file: String)] = []
    for member in members {
      guard let file = member.value.string, isPlainName(file) else {
        throw .malformed(
          path: path, field: "weight_map \(SafetensorsHeader.shown(member.name))",
          reason: "it should name a .safetensors file of the same folder")
      }
      map.append((member.name, file))
    }
    return map
  }

  /// A file of the same folder and no path: a crafted index reaches no other place.
  private static func isPlainName(_ name: String) -> Bool {
    name.hasSuffix(".safetensors") && !name.hasPrefix(".") && name.utf8.count <= 255
      && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") }
  }
}
