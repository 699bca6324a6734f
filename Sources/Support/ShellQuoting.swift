/// Returns a word of a command as a shell has to read it: in quotation marks if it holds more than letters, digits and marks
/// without a meaning.
package func quotedForShell(_ word: String) -> String {
  let isPlain =
    !word.isEmpty
    && word.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || "0123456789_-./=,:+@%".unicodeScalars.contains($0))
    }
  return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
}
