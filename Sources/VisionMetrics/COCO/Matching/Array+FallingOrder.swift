extension Array {
  /// The elements with the highest numbers first; those of equal numbers stay in order.
  func sorted(byFalling number: (Element) -> Double) -> [Element] {
    let numbers = map(number)
    return indices.sorted { numbers[$0] != numbers[$1] ? numbers[$0] > numbers[$1] : $0 < $1 }.map { self[$0] }
  }
}
