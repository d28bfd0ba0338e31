internal import ExpertPlatform

/// A scripted HTTP server on the loopback interface.
package struct ScriptedServer: Sendable {}
