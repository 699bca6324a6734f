// swift-tools-version: 6.1
import Foundation
import PackageDescription

// A package that depends on Polymath by version finds libtorch through pkg-config. This one lies in a checkout, and takes
// the checkout's own.
let libtorch = Context.packageDirectory + "/../../.libtorch"
let linkerSettings: [LinkerSetting] =
  FileManager.default.fileExists(atPath: libtorch)
  ? [.unsafeFlags(["-Xlinker", "-rpath", "-Xlinker", libtorch + "/lib"])] : []

let package = Package(
  name: "OwnNetwork",
  dependencies: [.package(name: "Polymath", path: "../..")],
  targets: [
    .target(
      name: "OwnParts",
      dependencies: [
        "Support", "Torch", "NeuralNetworks", "MultitaskLearning", "VisionNetworks", "VisionData", "VisionMetrics",
        "Experiments",
      ]
      .map { .product(name: $0, package: "Polymath") }),
    .executableTarget(name: "OwnNetwork", dependencies: ["OwnParts"], linkerSettings: linkerSettings),
  ],
  swiftLanguageModes: [.v6]
)
