internal import ExpertPlatform
internal import Foundation

/// Memory as the kernel sees it: of the machine and, where the process lives in a control group
/// with a limit, of the group.
package struct MemoryReading: Sendable, Hashable {
  /// Bytes that this process holds in memory.
  package var resident: Int
  /// Bytes that it could still take before something has to give.
  package var available: Int
  /// All that it could ever take.
  package var limit: Int

  package init(resident: Int, available: Int, limit: Int) {
    self.resident = resident
    self.available = available
    self.limit = limit
  }

  /// Reads `/proc/meminfo` and the control group (version 2, then 1). `nil` where there is no such
  /// file.
  package static func now() -> MemoryReading? {
    guard let meminfo = text("/proc/meminfo") else { return nil }
    return MemoryReading(
      meminfo: meminfo, group: group(), resident: ResourceUsage.now().residentBytes)
  }

  /// A limit of a control group and what is used of it.
  package struct Group: Sendable, Hashable {
    package var limit: Int
    package var used: Int
    /// Bytes of files in memory that the kernel can drop.
    package var droppable: Int

    package init(limit: Int, used: Int, droppable: Int) {
      self.limit = limit
      self.used = used
      self.droppable = droppable
    }
  }

  /// From the text of `/proc/meminfo`; the tighter of machine and group counts.
  package init?(meminfo: String, group: Group?, resident: Int) {
    guard let total = Self.kilobytes("MemTotal:", meminfo),
      let available = Self.kilobytes("MemAvailable:", meminfo)
    else { return nil }
    self.init(resident: resident, available: available << 10, limit: total << 10)
    guard let group, group.limit < limit else { return }
    limit = group.limit
    self.available = max(0, min(self.available, group.limit - group.used + group.droppable))
  }

  private static func group() -> Group? {
    let two = "/sys/fs/cgroup/memory."
    let one = "/sys/fs/cgroup/memory/memory."
    if let limit = number(two + "max"), let used = number(two + "current") {
      return Group(limit: limit, used: used, droppable: inactive(two + "stat", "inactive_file "))
    }
    if let limit = number(one + "limit_in_bytes"), let used = number(one + "usage_in_bytes") {
      return Group(
        limit: limit, used: used, droppable: inactive(one + "stat", "total_inactive_file "))
    }
    return nil
  }

  private static func inactive(_ path: String, _ name: String) -> Int {
    let line = text(path)?.split(separator: "\n").first { $0.hasPrefix(name) }
    return line.flatMap { Int($0.dropFirst(name.count)) } ?? 0
  }

  private static func number(_ path: String) -> Int? { text(path).flatMap { Int($0.trimmed) } }

  private static func text(_ path: String) -> String? {
    try? String(contentsOfFile: path, encoding: .utf8)
  }

  private static func kilobytes(_ name: String, _ text: String) -> Int? {
    text.split(separator: "\n").first { $0.hasPrefix(name) }
      .flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) }
  }
}
