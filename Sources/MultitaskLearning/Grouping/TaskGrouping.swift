/// Forms groups of tasks from an affinity map.
public enum TaskGrouping: Sendable, Equatable {
  /// Tasks that help each other, together.
  case positive(edge: Edge, closure: Closure)
  /// Clusters of the similarity that public code makes of the map.
  case affinityPropagation(AffinityPropagationSettings)

  /// When two tasks help each other.
  public enum Edge: String, Sendable, CaseIterable {
    /// Each helps the other.
    case mutual
    /// The mean of both directions is positive.
    case mean
  }

  /// How pairs become groups.
  public enum Closure: String, Sendable, CaseIterable {
    /// Tasks in their order join the first group whose members they all help.
    case cliques
    /// Tasks that are connected are together, even over others.
    case components
  }

  /// How affinity propagation clusters.
  public struct AffinityPropagationSettings: Sendable, Equatable {
    /// Defaults to the median of all similarities.
    public var preference: Double?
    /// The number of iterations without a change after which it ends, at least 1.
    public var convergence: Int

    /// - Parameters:
    ///   - preference: how much a task wants to be an exemplar; defaults to the median of all similarities.
    ///   - convergence: iterations without a change after which it ends, at least 1.
    public init(preference: Double? = nil, convergence: Int = 50) {
      self.preference = preference
      self.convergence = convergence
    }
  }

  /// - Returns: the groups by their smallest member; nil if the rule finds no answer and old groups should stay.
  public func groups(of map: [[Double]]) -> [[Int]]? {
    switch self {
    case .positive(let edge, .cliques): cliques(map, edge)
    case .positive(let edge, .components): components(map, edge)
    case .affinityPropagation(let settings): Self.similarity(of: map).flatMap(settings.clusters)
    }
  }

  /// The groups of a map turned around: tasks together that harm each other.
  public func opposedGroups(of map: [[Double]]) -> [[Int]]? {
    switch self {
    case .positive: groups(of: map.map { $0.map { -$0 } })
    // Not of the map, whose diagonal would turn, too.
    case .affinityPropagation(let settings):
      Self.similarity(of: map).flatMap { settings.clusters(of: $0.map { $0.map { -$0 } }) }
    }
  }

  private func isPositive(_ map: [[Double]], _ edge: Edge, _ i: Int, _ j: Int) -> Bool {
    switch edge {
    case .mutual: map[i][j] > 0 && map[j][i] > 0
    case .mean: (map[i][j] + map[j][i]) / 2 > 0
    }
  }

  private func cliques(_ map: [[Double]], _ edge: Edge) -> [[Int]] {
    var groups: [[Int]] = []
    for task in map.indices {
      if let home = groups.firstIndex(where: { $0.allSatisfy { isPositive(map, edge, $0, task) } }) {
        groups[home].append(task)
      } else {
        groups.append([task])
      }
    }
    return groups
  }

  private func components(_ map: [[Double]], _ edge: Edge) -> [[Int]] {
    var groups: [[Int]] = []
    for task in map.indices {
      let joined = groups.filter { $0.contains { isPositive(map, edge, $0, task) } }
      groups.removeAll { joined.contains($0) }
      groups.append((joined.flatMap { $0 } + [task]).sorted())
    }
    return groups.sorted { $0[0] < $1[0] }
  }

  /// Whole columns divided by the diagonal, then symmetrized; nil if the diagonal has a zero. (Public code means
  /// this, but overwrites its divisor half-way.)
  public static func similarity(of map: [[Double]]) -> [[Double]]? {
    guard map.indices.allSatisfy({ map[$0][$0] != 0 }) else { return nil }
    func normalized(_ i: Int, _ j: Int) -> Double { map[i][j] / map[j][j] }
    return map.indices.map { i in map.indices.map { (normalized(i, $0) + normalized($0, i)) / 2 } }
  }
}

extension TaskGrouping.AffinityPropagationSettings {
  /// Clusters of a similarity. Where no exemplar is found, more patience: a hundred iterations more before it may stop,
  /// as long as that makes a difference.
  public func clusters(of similarity: [[Double]]) -> [[Int]]? {
    for attempt in 0..<10 {
      let clustering = AffinityPropagation(preference: preference, convergence: convergence + 100 * attempt)
      if attempt > 0 && clustering.convergence >= clustering.maximumIterations + 100 { break }
      if let result = clustering(similarity) { return result.clusters.sorted { $0[0] < $1[0] } }
    }
    return nil
  }
}
