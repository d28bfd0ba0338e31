// swift-tools-version: 6.2
import PackageDescription

/// One set of settings for every Swift target: see Documentation/Decisions/0001-skeleton.md.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// Kernels stay optimised in debug builds: a scalar loop at -O0 would make every test slow.
let kernelSettings: [CSetting] = [.unsafeFlags(["-O3", "-Wall", "-Wextra", "-Werror"])]

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "expert-gen",
  platforms: [.macOS(.v26)],
  products: [.executable(name: "expert-gen", targets: ["expert-gen"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    .systemLibrary(
      name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CKernels", cSettings: kernelSettings),

    .target(
      name: "ExpertPlatform", dependencies: ["CLibcurl", "CSodium", "CKernels", grdb, sqlite],
      swiftSettings: settings),
    .target(
      name: "ExpertRecord", dependencies: ["ExpertPlatform", "CKernels"], swiftSettings: settings),
    .target(
      name: "ExpertProviders", dependencies: ["ExpertPlatform", "ExpertRecord", grdb, log, yams],
      swiftSettings: settings),
    .target(
      name: "ExpertCuration", dependencies: ["ExpertPlatform", "ExpertRecord", "CKernels", grdb],
      swiftSettings: settings),
    .target(
      name: "ExpertStore", dependencies: ["ExpertPlatform", "ExpertRecord", "CZstd", grdb],
      swiftSettings: settings),
    .target(
      name: "ExpertGeneration",
      dependencies: [
        "ExpertPlatform", "ExpertRecord", "ExpertProviders", "ExpertCuration", "ExpertStore",
        log, yams, mustache,
      ],
      swiftSettings: settings),
    .target(
      name: "ExpertTokenizer", dependencies: ["ExpertPlatform", "ExpertRecord", "CKernels"],
      swiftSettings: settings),
    .target(
      name: "ExpertTensors", dependencies: ["ExpertPlatform", "ExpertRecord", "CKernels"],
      swiftSettings: settings),
    .target(
      name: "ExpertModel",
      dependencies: [
        "ExpertPlatform", "ExpertRecord", "ExpertTokenizer", "ExpertTensors", yams,
      ],
      swiftSettings: settings),
    .target(
      name: "ExpertTraining",
      dependencies: [
        "ExpertPlatform", "ExpertRecord", "ExpertStore", "ExpertTokenizer", "ExpertTensors",
        "ExpertModel", yams,
      ],
      swiftSettings: settings),
    .target(
      name: "ExpertPackage",
      dependencies: ["ExpertPlatform", "ExpertRecord", "ExpertTensors", "CSodium", "CZlib"],
      swiftSettings: settings),
    .target(
      name: "ExpertComposition",
      dependencies: [
        "ExpertPlatform", "ExpertRecord", "ExpertTokenizer", "ExpertTensors", "ExpertModel",
        "ExpertPackage",
      ],
      swiftSettings: settings),
    .target(
      name: "ExpertLoopback", dependencies: ["ExpertPlatform", "ExpertRecord"],
      swiftSettings: settings),
    .target(
      name: "ExpertEvaluation",
      dependencies: [
        "ExpertPlatform", "ExpertRecord", "ExpertProviders", "ExpertCuration", "ExpertStore",
        "ExpertGeneration",
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "expert-gen",
      dependencies: [
        "ExpertPlatform", "ExpertRecord", "ExpertProviders", "ExpertCuration", "ExpertStore",
        "ExpertGeneration", "ExpertTokenizer", "ExpertTensors", "ExpertModel", "ExpertEvaluation",
        "ExpertTraining", "ExpertPackage", "ExpertComposition", "ExpertLoopback", "CZstd",
        argumentParser, log, yams,
      ],
      swiftSettings: settings),

    .target(
      name: "ExpertTestSupport",
      dependencies: ["ExpertPlatform", "ExpertRecord", "ExpertLoopback"],
      path: "Tests/ExpertTestSupport", swiftSettings: settings),
    .testTarget(
      name: "ExpertPlatformTests",
      dependencies: ["ExpertPlatform", "ExpertLoopback", "ExpertTestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ExpertTensorsTests",
      dependencies: ["ExpertTensors", "CKernels", "ExpertPlatform", "ExpertTestSupport"],
      exclude: ["Golden"], swiftSettings: settings),
    .testTarget(
      name: "ExpertRecordTests", dependencies: ["ExpertRecord", "ExpertTestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ExpertProvidersTests",
      dependencies: [
        "ExpertProviders", "ExpertCuration", "ExpertLoopback", "ExpertTestSupport", grdb,
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ExpertCurationTests",
      dependencies: ["ExpertCuration", "CKernels", "ExpertTestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ExpertStoreTests", dependencies: ["ExpertStore", "ExpertTestSupport", grdb],
      swiftSettings: settings),
    .testTarget(
      name: "ExpertGenerationTests",
      dependencies: [
        "ExpertGeneration", "ExpertCuration", "ExpertProviders", "ExpertStore", "ExpertTestSupport",
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "checkpoint-writer",
      dependencies: ["ExpertTraining", "ExpertPlatform", "ExpertRecord"],
      path: "Tests/CheckpointWriter", swiftSettings: settings),
    .testTarget(
      name: "ExpertTrainingTests",
      dependencies: [
        "ExpertTraining", "ExpertPlatform", "ExpertRecord", "ExpertStore", "ExpertTensors",
        "ExpertModel", "ExpertTestSupport", "checkpoint-writer",
      ],
      exclude: ["Golden"],
      swiftSettings: settings),
    .testTarget(
      name: "ExpertPackageTests",
      dependencies: ["ExpertPackage", "ExpertTensors", "CZlib", "ExpertTestSupport"],
      exclude: ["Golden"],
      swiftSettings: settings),
    .testTarget(
      name: "ExpertCompositionTests",
      dependencies: [
        "ExpertComposition", "ExpertModel", "ExpertPackage", "ExpertTensors", "ExpertPlatform",
        "ExpertRecord", "ExpertTestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ExpertModelTests",
      dependencies: [
        "ExpertModel", "ExpertTensors", "ExpertTokenizer", "ExpertPlatform", "ExpertRecord",
        "ExpertLoopback", "ExpertTestSupport",
      ],
      exclude: ["Golden"], swiftSettings: settings),
    .testTarget(
      name: "ExpertTokenizerTests", dependencies: ["ExpertTokenizer", "ExpertTestSupport"],
      exclude: ["Golden"], swiftSettings: settings),
    .testTarget(
      name: "ExpertEvaluationTests",
      dependencies: [
        "ExpertEvaluation", "ExpertGeneration", "ExpertProviders", "ExpertStore", "ExpertLoopback",
        "ExpertTestSupport",
      ],
      exclude: ["Golden"], swiftSettings: settings),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "expert-gen", "ExpertPlatform", "ExpertRecord", "ExpertStore", "ExpertLoopback",
        "ExpertPackage", "ExpertModel", "ExpertTensors", "ExpertTestSupport",
      ],
      swiftSettings: settings),
  ]
)
