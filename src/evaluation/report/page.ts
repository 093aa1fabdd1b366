import { escapeText } from './charts.ts';

/** A part of the page; `content` is HTML. Among charts a broad one takes both columns. */
export function section(title: string, content: string, width: 'usual' | 'broad' = 'usual'): string {
  const broad = width === 'broad' ? ' class="broad"' : '';
  return `<section${broad}><h2>${escapeText(title)}</h2>${content}</section>`;
}

/** Cells are text. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const titles =
    head.length > 0
      ? `<thead><tr>${head.map((cell) => `<th>${escapeText(cell)}</th>`).join('')}</tr></thead>`
      : '';
  const body = rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escapeText(cell)}</td>`).join('')}</tr>`)
    .join('');
  return `<div class="scroll"><table>${titles}<tbody>${body}</tbody></table></div>`;
}

/** The whole page: `charts` in two columns where there is room, `wide` below them. */
export function renderPage(title: string, charts: readonly string[], wide: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)} – acquaint</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${escapeText(title)}</h1><p>Made by acquaint evaluate. This page shows faces: keep it as you keep the pictures.</p></header>
<main><div class="grid-of-charts">
${charts.join('\n')}
</div>
${wide.join('\n')}
</main>
</body>
</html>
`;
}

/** Colours by Okabe and Ito (2008): told apart by colour-blind readers too. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1d2530; --quiet: #5b6675; --line: #d8dee6; --ground: #f6f7f9; --card: #fff;
  --c1: #0072b2; --c2: #d55e00; --c3: #009e73; --c4: #cc79a7; --c5: #6b7280; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf1; --quiet: #9aa5b4; --line: #323b47; --ground: #12161c;
  --card: #1a2029; --c1: #56b4e9; --c2: #e69f00; --c3: #2fc79a; --c4: #e19cc0; --c5: #8b95a3; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header, main { max-width: 1120px; margin: 0 auto; padding: 24px 20px 0; }
h1 { margin: 0; font-size: 26px; } header p { margin: 4px 0 0; color: var(--quiet); }
h2 { margin: 0 0 12px; font-size: 16px; }
main { padding-bottom: 48px; }
.grid-of-charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); gap: 16px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; min-width: 0; }
main > section { margin-top: 16px; } .broad { grid-column: 1 / -1; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--quiet); } svg .axis { fill: var(--ink); }
.grid { stroke: var(--line); } .mark { stroke: var(--ink); stroke-dasharray: 3 3; } svg .mark-label { fill: var(--ink); }
.series-1 { --c: var(--c1); } .series-2 { --c: var(--c2); } .series-3 { --c: var(--c3); } .series-4 { --c: var(--c4); }
.series-5 { --c: var(--c5); }
.line { fill: none; stroke: var(--c); stroke-width: 2.2; stroke-linejoin: round; }
.bar { fill: var(--c); opacity: .55; } .dot { fill: var(--c); } .error { stroke: var(--c); stroke-width: 1.5; opacity: .6; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 4px 0 0; padding: 0; }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 7px; background: var(--c); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; color: var(--quiet); font-weight: 600; } th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
.mistakes { display: flex; flex-wrap: wrap; gap: 14px; } figure { margin: 0; } figcaption { color: var(--quiet); text-align: center; }
.mistakes img { display: inline-block; border-radius: 6px; margin-right: 3px; background: var(--line); }
.gone { display: inline-grid; place-items: center; width: 112px; height: 112px; border-radius: 6px; background: var(--line); color: var(--quiet); }
`;
