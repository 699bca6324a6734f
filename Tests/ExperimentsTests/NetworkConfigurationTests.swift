import Experiments
import Testing
import VisionData

/// What a configuration says about its network, and what it answers to what cannot be.
@Suite struct NetworkConfigurationTests {
  private func complaint(_ yaml: String) -> String {
    do {
      try Configuration(yaml: yaml, source: "c.yaml").check(availableTasks: Scenes.allTasks)
      return "nothing"
    } catch { return "\(error)" }
  }

  @Test func fieldsThatAreGoneSayTheirNewNames() {
    let found = complaint("network: {normalization: task}")
    #expect(found.contains("'network.normalization' is gone") && found.contains("network.sharing"), "\(found)")
    #expect(found.contains("task-normalization for 'task'") && found.contains("c.yaml, line 1"), "\(found)")
  }

  @Test func waysOfSharingAreChecked() {
    let misspelt = complaint("network: {sharing: task-normalisation}")
    #expect(misspelt.contains("unknown way of sharing") && misspelt.contains("'task-normalization'?"), "\(misspelt)")
    let impossible = complaint("network: {sharing: task-normalization, encoder: vit_micro}")
    #expect(impossible.contains("vit_micro does not have") && impossible.contains("resnet18"), "\(impossible)")
    let parameter = complaint("network: {sharing: {name: hard, top: 4}}")
    #expect(parameter.contains("hard has no parameter 'top'"), "\(parameter)")
    let level = complaint("{network: {sharing: task-normalization}, method: {level: features, aggregator: mgda}}")
    #expect(level.contains("method.level has to be parameters"), "\(level)")
    let plain = complaint("method: {schedule: connection-strength}")
    #expect(plain.contains("network.sharing=task-normalization"), "\(plain)")
    #expect(complaint("network: {sharing: task-normalization}") == "nothing")
  }

  @Test func decodersHaveParameters() throws {
    #expect(complaint("network: {encoder: vit_micro, decoder: {name: dpt, features: 64}}") == "nothing")
    #expect(complaint("network: {encoder: vit_micro, decoder: dpt}") == "nothing")
    let misspelt = complaint("network: {decoder: {name: asp, features: 64}}")
    #expect(misspelt.contains("'network.decoder'") && misspelt.contains("Did you mean 'aspp'?"), "\(misspelt)")
    #expect(complaint("network: {decoder: asp}").contains("Did you mean 'aspp'?"))
    let parameter = complaint("network: {encoder: vit_micro, decoder: {name: dpt, feature: 64}}")
    #expect(parameter.contains("Did you mean 'features'?"), "\(parameter)")
    #expect(complaint("network: {decoder: {name: aspp, rate: 3}}").contains("aspp has no parameter 'rate'"))
    let value = complaint("network: {encoder: vit_micro, decoder: {name: dpt, features: 1.5}}")
    #expect(value.contains("has to be a whole number"), "\(value)")
    #expect(complaint("network: {decoder: {features: 64}}").contains("'network.decoder' is a mapping"))
    var set = Configuration()
    try set.apply(assignment: "network.decoder=dpt")
    try set.apply(assignment: "network.decoder.features=64")
    #expect(set.network.decoder == MethodChoice("dpt", settings: ["features": .number(64)]))
    #expect(try Configuration(yaml: set.yaml) == set)
    #expect(set.yaml.contains("decoder: {name: dpt, features: 64.0}"))
  }

  @Test func workloadsAreNamed() throws {
    #expect(try Configuration(yaml: "workload: pixels").workload.name == "pixels")
    let configuration = try Configuration(yaml: "workload: {name: pixels, x: 2}")
    #expect(configuration.workload.settings == ["x": .number(2)])
    #expect(try Configuration(yaml: configuration.yaml) == configuration)
    var set = Configuration()
    try set.apply(assignment: "workload=pixels")
    #expect(set == Configuration())
    #expect(throws: ConfigurationError.self) { try Configuration(yaml: "workload: [pixels]") }
  }
}
