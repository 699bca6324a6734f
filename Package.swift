// swift-tools-version: 6.1
import Foundation
import PackageDescription

// libtorch is found in one of two ways.
// In a checkout that ran `script/bootstrap`, it lies in `.libtorch`, and flags point there.
// Everywhere else (a package that depends on this one by version may not use such flags),
// the system library `CLibTorch` finds it through pkg-config as `libtorch`.
let libtorch = Context.packageDirectory + "/.libtorch"
let hasOwnLibTorch = FileManager.default.fileExists(atPath: libtorch + "/lib/libtorch_cpu.so")

let torchCompilerSettings: [CXXSetting] =
  hasOwnLibTorch ? [.unsafeFlags(["-isystem", libtorch + "/include"])] : []
let torchLinkerSettings: [LinkerSetting] =
  hasOwnLibTorch
  ? [
    .unsafeFlags([
      "-L", libtorch + "/lib", "-Xlinker", "-rpath", "-Xlinker", libtorch + "/lib",
      "-Xlinker", "--no-as-needed", "-ltorch_cpu", "-lc10", "-Xlinker", "--as-needed",
    ])
  ] : []

let package = Package(
  name: "Polymath",
  products: [
    .library(name: "Support", targets: ["Support"]),
    .library(name: "Torch", targets: ["Torch"]),
    .library(name: "NeuralNetworks", targets: ["NeuralNetworks"]),
    .library(name: "MultitaskLearning", targets: ["MultitaskLearning"]),
    .library(name: "VisionNetworks", targets: ["VisionNetworks"]),
    .library(name: "ScientificFiles", targets: ["ScientificFiles"]),
    .library(name: "Detection", targets: ["Detection"]),
    .library(name: "VisionData", targets: ["VisionData"]),
    .library(name: "VisionMetrics", targets: ["VisionMetrics"]),
    .library(name: "Experiments", targets: ["Experiments"]),
    .executable(name: "polymath", targets: ["PolymathCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.2"),
    .package(url: "https://github.com/ordo-one/TextTable", from: "0.0.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibTorch", pkgConfig: "libtorch"),
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    .target(
      name: "CTorch",
      dependencies: hasOwnLibTorch ? [] : ["CLibTorch"],
      cxxSettings: torchCompilerSettings,
      linkerSettings: torchLinkerSettings),
    .target(name: "CImageFiles", dependencies: ["CJPEG", "CPNG"]),
    .target(name: "CMatrixKernels"),

    .target(name: "Support"),
    .target(name: "Torch", dependencies: ["Support", "CTorch"]),
    .target(
      name: "NeuralNetworks",
      dependencies: ["Support", "Torch", .product(name: "OrderedCollections", package: "swift-collections")]),
    .target(name: "MultitaskLearning", dependencies: ["Support", "Torch", "NeuralNetworks", "CMatrixKernels"]),
    .target(name: "VisionNetworks", dependencies: ["Support", "Torch", "NeuralNetworks", "MultitaskLearning"]),
    .target(name: "ScientificFiles", dependencies: ["Support", "CZlib"]),
    .target(
      name: "Detection",
      dependencies: ["Support", "Torch", "NeuralNetworks", "MultitaskLearning", "VisionNetworks", "CMatrixKernels"]),
    .target(name: "VisionMetrics", dependencies: ["Support", "Torch", "NeuralNetworks"]),
    .target(
      name: "VisionData",
      dependencies: ["Support", "Torch", "NeuralNetworks", "ScientificFiles", "VisionMetrics", "CImageFiles"]),
    .target(
      name: "Experiments",
      dependencies: [
        "Support", "Torch", "NeuralNetworks", "MultitaskLearning", "VisionNetworks", "Detection", "VisionData",
        "VisionMetrics", "Yams", "Rainbow", "TextTable",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["TensorBoard/event.proto", "TensorBoard/summary.proto"]),
    .executableTarget(
      name: "PolymathCommand",
      dependencies: [
        "Support", "Experiments", "MultitaskLearning", "Torch", "VisionData", "VisionMetrics",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .target(name: "TestSupport", dependencies: ["Support", "NeuralNetworks"], path: "Tests/TestSupport"),
    .target(name: "FileBytes", path: "Tests/FileBytes"),
    .testTarget(name: "TestSupportTests", dependencies: ["TestSupport"]),
    .testTarget(name: "TorchTests", dependencies: ["Torch", "TestSupport"], resources: [.copy("Resources")]),
    .testTarget(name: "NeuralNetworksTests", dependencies: ["NeuralNetworks", "TestSupport"]),
    .testTarget(
      name: "MultitaskLearningTests", dependencies: ["CMatrixKernels", "MultitaskLearning", "TestSupport"],
      resources: [.copy("Resources")]),
    .testTarget(
      name: "VisionNetworksTests", dependencies: ["VisionNetworks", "TestSupport"],
      resources: [.copy("Resources")]),
    .testTarget(
      name: "DetectionTests", dependencies: ["Detection", "MultitaskLearning", "VisionNetworks", "TestSupport"],
      resources: [.copy("Resources")]),
    .testTarget(
      name: "ScientificFilesTests", dependencies: ["ScientificFiles", "FileBytes", "TestSupport"],
      resources: [.copy("Resources")]),
    .testTarget(
      name: "VisionDataTests", dependencies: ["VisionData", "ScientificFiles", "FileBytes", "TestSupport"],
      resources: [.copy("Resources")]),
    .testTarget(
      name: "VisionMetricsTests", dependencies: ["VisionMetrics", "TestSupport"],
      resources: [.copy("Resources")]),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "Experiments", "PolymathCommand", "TestSupport", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      resources: [.copy("Resources")]),
    .testTarget(
      name: "PolymathCommandTests",
      dependencies: ["PolymathCommand", "Experiments", "TestSupport"]),
    // OwnParts is the code of the package in Examples/OwnNetwork.
    .testTarget(
      name: "GuideTests",
      dependencies: [
        "Experiments", "MultitaskLearning", "VisionNetworks", "Detection", "ScientificFiles", "VisionData",
        "VisionMetrics",
        "TestSupport",
      ]),
    // No test of `swift test`: `script/fuzz` runs it.
    .executableTarget(
      name: "PolymathFuzz",
      dependencies: [
        "Support", "Experiments", "MultitaskLearning", "Torch", "ScientificFiles", "VisionData", "VisionMetrics",
        "VisionNetworks", "FileBytes",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Tests/Fuzz"),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
