/// Whether a name matches a pattern, in which `*` stands for any characters, also none; everything else is itself.
///
/// - Complexity: the product of the lengths at most.
public func matches(_ name: String, pattern: String) -> Bool {
  let (name, pattern) = (Array(name.utf8), Array(pattern.utf8))
  let star = UInt8(ascii: "*")
  var (i, j) = (0, 0)
  // Where the last star stands, and where what follows it is tried.
  var retry: (pattern: Int, name: Int)?
  while i < name.count {
    if j < pattern.count, pattern[j] == star {
      retry = (j, i)
      j += 1
    } else if j < pattern.count, pattern[j] == name[i] {
      i += 1
      j += 1
    } else if let last = retry {
      retry = (last.pattern, last.name + 1)
      i = last.name + 1
      j = last.pattern + 1
    } else {
      return false
    }
  }
  return pattern[j...].allSatisfy { $0 == star }
}
