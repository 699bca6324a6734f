/// The colors of lines and points, in the order in which they are used.
let reportColors = [
  "#2f6fde", "#d9622b", "#2a9d62", "#b0408f", "#8a6d1f", "#20909c", "#7a52c7", "#c23b3b", "#5a6472",
]

/// The report's script, which draws the charts from the data in the page, and redraws them when the smoothing changes.
let reportScript = """
  'use strict';
  const data = JSON.parse(document.getElementById('data').textContent);
  const colors = [\(reportColors.map { "'\($0)'" }.joined(separator: ", "))];
  const namespace = 'http://www.w3.org/2000/svg';

  function element(name, attributes, parent, text) {
    const node = document.createElementNS(namespace, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    parent.appendChild(node);
    return node;
  }

  // An exponential average; its weight grows to the full one over the first points.
  function smooth(values, strength) {
    let mean = 0, weight = 0;
    return values.map(value => {
      mean = strength * mean + (1 - strength) * value;
      weight = strength * weight + (1 - strength);
      return mean / weight;
    });
  }

  // The same range, or a wider one where its ends are too near for ticks between them to differ.
  function apart(low, high) {
    const size = Math.max(Math.abs(low), Math.abs(high));
    if (high - low > Math.max(size * 1e-9, 1e-300)) return [low, high];
    const pad = size * 0.1 || 1;
    return [low - pad, high + pad];
  }

  function ticks(low, high) {
    const raw = (high - low) / 5, power = Math.pow(10, Math.floor(Math.log10(raw)));
    const step = [1, 2, 5, 10].map(f => f * power).find(s => s >= raw) || raw;
    const result = [];
    for (let t = Math.ceil(low / step) * step; t <= high + step * 1e-6; t += step) result.push(+t.toPrecision(10));
    return result;
  }

  // Short enough for the room beside the axis.
  function label(tick) {
    return String(tick).length > 7 ? tick.toExponential(1) : tick;
  }

  function draw(figure, chart, strength) {
    const width = 460, height = 240, left = 52, right = 10, top = 10, bottom = 28;
    const old = figure.querySelector('svg');
    if (old) old.remove();
    const svg = element('svg', {viewBox: `0 0 ${width} ${height}`, role: 'img'}, figure);
    const lines = chart.lines.map(line => ({...line, shown: chart.smoothed ? smooth(line.y, strength) : line.y}));
    const xs = lines.flatMap(l => l.x), ys = lines.flatMap(l => l.shown).filter(Number.isFinite);
    if (!ys.length) return;
    const [x0, x1] = apart(Math.min(...xs), Math.max(...xs));
    const [y0, y1] = apart(Math.min(...ys), Math.max(...ys));
    const px = x => left + (x - x0) / (x1 - x0) * (width - left - right);
    const py = y => height - bottom - (y - y0) / (y1 - y0) * (height - top - bottom);
    for (const t of ticks(y0, y1)) {
      element('line', {x1: left, x2: width - right, y1: py(t), y2: py(t), class: 'grid'}, svg);
      element('text', {x: left - 6, y: py(t) + 4, 'text-anchor': 'end'}, svg, label(t));
    }
    for (const t of ticks(x0, x1)) element('text', {x: px(t), y: height - 8, 'text-anchor': 'middle'}, svg, label(t));
    lines.forEach(line => {
      const index = line.color;
      const points = line.x.map((x, i) => [px(x), py(line.shown[i])]).filter(p => Number.isFinite(p[1]));
      const path = points.map((p, i) => (i ? 'L' : 'M') + p[0].toFixed(1) + ' ' + p[1].toFixed(1)).join('');
      const curve = element('path', {d: path, class: 'curve', stroke: colors[index % colors.length],
        'stroke-dasharray': index < colors.length ? 'none' : '5 3'}, svg);
      element('title', {}, curve, line.name);
      if (points.length === 1) element('circle', {cx: points[0][0], cy: points[0][1], r: 3, fill: colors[index % colors.length]}, svg);
    });
  }

  const charts = data.charts.map(chart => {
    const figure = document.createElement('figure');
    figure.className = 'chart';
    const caption = document.createElement('figcaption');
    caption.textContent = chart.title;
    const legend = document.createElement('div');
    legend.className = 'legend';
    chart.lines.forEach(line => {
      const index = line.color;
      const key = document.createElement('span');
      key.style.setProperty('--color', colors[index % colors.length]);
      key.style.setProperty('--style', index < colors.length ? 'solid' : 'dashed');
      key.textContent = line.name;
      legend.appendChild(key);
    });
    figure.append(caption, legend);
    document.getElementById('charts').appendChild(figure);
    return {figure, chart};
  });
  const slider = document.getElementById('smoothing');
  function drawAll() { for (const c of charts) draw(c.figure, c.chart, +slider.value); }
  slider.addEventListener('input', drawAll);
  drawAll();
  document.body.dataset.drawn = charts.length;
  """

/// The report's style sheet.
let reportStyle = """
  :root { color-scheme: light dark; --line: #8884; --soft: #8882; }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 1080px; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
  .subtitle { opacity: .7; margin-top: .2rem; }
  table { border-collapse: collapse; } table + table { margin-top: 1.2rem; } th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: right; }
  th:first-child, td:first-child, td.text { text-align: left; }
  .better { color: #1d8a4f; } .worse { color: #c23b3b; }
  .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(420px, 1fr)); gap: 1.2rem; }
  figure { margin: 0; } .chart { border: 1px solid var(--line); border-radius: 8px; padding: .7rem; }
  figcaption { font-weight: 600; } .legend { font-size: .8rem; display: flex; flex-wrap: wrap; gap: .2rem .9rem; }
  .legend span::before { content: ''; display: inline-block; width: 1.2em; margin-right: .4em; border-top: .2em var(--style) var(--color); vertical-align: middle; }
  svg text { font: 11px system-ui, sans-serif; fill: currentColor; opacity: .75; }
  .grid { stroke: var(--soft); } .curve { fill: none; stroke-width: 1.8; }
  .gallery { overflow-x: auto; } .gallery td, .gallery th { padding: .2rem; border: 0; text-align: center; font-weight: 500; font-size: .8rem; }
  .gallery img { width: 150px; image-rendering: pixelated; border-radius: 4px; display: block; }
  .matrix td { min-width: 3.2rem; text-align: center; border: 2px solid transparent; background-clip: padding-box; }
  .cell { display: block; } h3 { font-size: 1rem; margin-top: 1.6rem; }
  .histogram td { padding: 0; border: 0; } .histogram td:first-child, .histogram td:last-child { padding: 0 .7rem; }
  .strip { display: flex; } .strip .cell { padding: 0; width: .5rem; height: 1.3rem; }
  .histogram th { padding: 0; font-weight: 400; font-size: .75rem; } .histogram .cell { width: 1.5rem; }
  .wide { overflow-x: auto; font-size: .85rem; } .wide td { white-space: nowrap; }
  .columns { columns: 3; }
  pre { background: var(--soft); padding: .8rem; border-radius: 8px; overflow-x: auto; font-size: .82rem; }
  """
