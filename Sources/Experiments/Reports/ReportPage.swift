/// A page in one file that opens offline: a title, sections, and curves that a script draws.
struct ReportPage {
  let title: String
  let subtitle: String
  /// The sections as HTML; ``chartsSection`` stands where the charts belong.
  let sections: [String]
  let charts: [Chart]

  /// The section of the charts, with the control of their smoothing.
  static let chartsSection = """
    <h2>Curves</h2>
    <p><label>Smoothing <input id="smoothing" type="range" min="0" max="0.99" step="0.01" value="0.8"></label></p>
    <div class="charts" id="charts"></div>
    """

  func html() throws -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(HTML.escape(title))</title>
    <style>
    \(reportStyle)
    </style>
    <script>window.onerror = message => { document.documentElement.dataset.error = message; };</script>
    </head>
    <body>
    <h1>\(HTML.escape(title))</h1>
    <p class="subtitle">\(HTML.escape(subtitle))</p>
    \(sections.filter { !$0.isEmpty }.joined(separator: "\n"))
    <script type="application/json" id="data">\(try HTML.json(["charts": charts]))</script>
    <script>
    \(reportScript)
    </script>
    </body>
    </html>

    """
  }
}
