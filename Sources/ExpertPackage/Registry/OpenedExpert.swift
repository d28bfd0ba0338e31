internal import ExpertPlatform
internal import Glibc

/// A package that is used without being installed: verified as for an installation, then unpacked
/// into a private folder that goes with its last user.
package final class OpenedExpert: Sendable {
  package let manifest: Manifest
  /// Whose signature it bore; `nil` where it had none.
  package let signer: PublicKey?
  /// Where its files lie.
  package let folder: String

  /// Verifies and unpacks. Nothing is written before the whole package is verified.
  package init(_ file: InputFile, _ rules: VerificationRules) throws {
    let package = try PackageVerifier(rules).verify(file)
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/expert-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw FileError.failed(operation: "create a folder in", path: parent, code: errno)
    }
    let made = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do {
      try Extraction(file, package).unpack(to: made + "/expert", incoming: made + "/incoming")
    } catch {
      FolderListing.remove(made)
      throw error
    }
    manifest = package.manifest
    signer = package.signer
    folder = made + "/expert"
  }

  deinit { FolderListing.remove(PathText.parent(of: folder)) }
}
