/** Colours of series, in order: on light paper, on dark. */
const SERIES_COLOURS: readonly (readonly [light: string, dark: string])[] = [
  ['#b45309', '#fbbf24'],
  ['#1d4ed8', '#7cb0ff'],
  ['#047857', '#34d399'],
  ['#a21caf', '#e879f9'],
  ['#b91c1c', '#f87171'],
  ['#0e7490', '#22d3ee'],
];

/** How many series a diagram can tell apart. */
export const SERIES_MAX = SERIES_COLOURS.length;

/**
 * The style sheet of a diagram: light, and dark where the reader's system asks for it. Each rule begins with the diagram's class, so
 * that an SVG within a page leaves the page alone. Colours are written out, not as variables, which rasterisers do not read.
 *
 * @param name the class of the diagram's root
 */
export function diagramStyle(name = 'reliability'): string {
  const sheet = (tone: 0 | 1, neutral: { paper: string; text: string; muted: string; grid: string }) => [
    `.${name} .paper{fill:${neutral.paper}}`,
    `.${name} text{fill:${neutral.text}}`,
    `.${name} .muted{fill:${neutral.muted}}`,
    `.${name} .grid{stroke:${neutral.grid}}`,
    `.${name} .axis{stroke:${neutral.muted}}`,
    `.${name} .neutral{fill:${neutral.muted};stroke:${neutral.muted}}`,
    ...SERIES_COLOURS.map((colour, at) => `.${name} .s${at}{fill:${colour[tone]};stroke:${colour[tone]}}`),
  ];
  return [
    '<style>',
    ...sheet(0, { paper: '#ffffff', text: '#111827', muted: '#6b7280', grid: '#e5e7eb' }),
    '@media (prefers-color-scheme:dark){',
    ...sheet(1, { paper: '#0f172a', text: '#e5e7eb', muted: '#94a3b8', grid: '#273449' }),
    '}',
    // After the colours of both tones, as a later rule of equal weight wins.
    `.${name} .line{fill:none;stroke-width:1.75;stroke-linejoin:round}`,
    `.${name} .whisker{stroke-width:1;stroke-opacity:.45}`,
    `.${name} .area{fill-opacity:.16;stroke-width:1.25}`,
    `.${name} text,.${name} .paper{stroke:none}`,
    '</style>',
  ].join('\n');
}

/** The marker of a series, told apart by shape as well as by colour. */
export function seriesMarker(series: number, x: number, y: number): string {
  const [cx, cy] = [x.toFixed(1), y.toFixed(1)];
  const points = (offsets: readonly (readonly [number, number])[]) =>
    `<polygon class="s${series}" points="${offsets.map(([dx, dy]) => `${(x + dx).toFixed(1)},${(y + dy).toFixed(1)}`).join(' ')}"/>`;
  switch (series % 4) {
    case 0:
      return `<circle class="s${series}" cx="${cx}" cy="${cy}" r="3.5"/>`;
    case 1:
      return `<rect class="s${series}" x="${(x - 3.2).toFixed(1)}" y="${(y - 3.2).toFixed(1)}" width="6.4" height="6.4"/>`;
    case 2:
      return points([
        [0, -4.5],
        [4.2, 3.2],
        [-4.2, 3.2],
      ]);
    default:
      return points([
        [0, -4.6],
        [4.6, 0],
        [0, 4.6],
        [-4.6, 0],
      ]);
  }
}

/** Text as it may stand in XML. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
