/// What is wrong with an entry of a file: the rest of a sentence that begins with the entry.
struct COCOProblem: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
