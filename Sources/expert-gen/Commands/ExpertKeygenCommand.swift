internal import ArgumentParser
internal import ExpertPackage
internal import ExpertRecord

/// `expert-gen expert keygen [NAME]`.
struct ExpertKeygenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen", abstract: "Make a key to sign packages with.",
    discussion: """
      The private key lies in EXPERT_HOME/keys and never leaves it. A passphrase is asked on the \
      terminal, or read from the private file that EXPERT_KEY_PASSPHRASE_FILE names; without \
      either the key has none.

      Example: expert-gen expert keygen publisher
      """)

  @Argument(help: "The key's name.") var name = "publisher"
  @Flag(help: "Ask for no passphrase.") var noPassphrase = false
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let keys = options.expertHome.keys
    if let fault = KeyStore.fault(inName: name) {
      throw Failure(.usage, "usage", fault)
    }
    let passphrase = noPassphrase ? nil : try PassphrasePrompt.new(name)
    let key = try keys.create(name, passphrase: passphrase)
    if options.json {
      Console.out([
        "name": .string(name), "key": .string(key.description),
        "public_file": .string(keys.publicPath(name)), "passphrase": .bool(passphrase != nil),
      ])
      return
    }
    Console.out("\(key)")
    options.say("the public key is also in \(keys.publicPath(name)); give it to your users")
    if passphrase == nil {
      options.say("note: the key has no passphrase; whoever reads its file can sign as you")
    }
  }
}
