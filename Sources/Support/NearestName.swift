/// `unknown KIND 'x': did you mean 'y'? There are a, b, c`.
public func unknownName(_ kind: String, _ name: String, among names: [String]) -> String {
  let suggestion = nearestName(name, among: names).map { " Did you mean '\($0)'?" } ?? ""
  return "unknown \(kind) '\(excerpt(name))'.\(suggestion) There are: \(names.joined(separator: ", "))"
}

/// The name that takes the fewest changes of letters; nil if that would be a different word.
public func nearestName(_ name: String, among names: [String]) -> String? {
  // What is longer than any name is none of them, and costs time to compare.
  guard name.utf8.count <= 200 else { return nil }
  // Of equally near ones, one that goes on as the name began.
  let nearest = names.map { (name: $0, distance: editDistance(name, $0), isOther: !$0.hasPrefix(name)) }
    .min { ($0.distance, $0.isOther ? 1 : 0) < ($1.distance, $1.isOther ? 1 : 0) }
  guard let nearest, nearest.distance <= max(2, name.count / 3) else { return nil }
  return nearest.name
}

/// The number of letters to change, insert or remove (Levenshtein).
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.lowercased()), Array(b.lowercased()))
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let cost = diagonal + (a[i] == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(cost, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
