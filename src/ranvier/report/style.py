"""How the page looks: narrow, wide, light, dark and printed. No font or file is fetched."""

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1f24; --soft: #57606a; --line: #d8dee4;
  --shade: #f5f7f9; --first: #0b5fc0; --second: #b35400; --good: #bfe3c9; --bad: #f4b8b0;
  --alarm: #b42318; }
@media (prefers-color-scheme: dark) { :root { --paper: #11161c; --ink: #e6ebf0; --soft: #9eaab6;
  --line: #313a44; --shade: #1a2129; --first: #6fb3ff; --second: #f2a65a; --good: #1f5a35;
  --bad: #7c2b25; --alarm: #ff9086; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 17px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .6rem; }
h2 { font-size: 1.3rem; margin: 0 0 .6rem; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
section { border-top: 1px solid var(--line); margin-top: 2.2rem; padding-top: 1.4rem; }
p { margin: .5rem 0; max-width: 46rem; }
.over, .small, .cap, figcaption { color: var(--soft); font-size: .88rem; }
.over { margin: 0; } .cap { margin: 1.2rem 0 0; } .cap + .wide { margin-top: .2rem; }
.lead { font-size: 1.25rem; line-height: 1.45; margin: .3rem 0 1rem; }
.bad, .note { border-left: 4px solid var(--alarm); padding-left: .8rem; }
.wide { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .94rem; }
th, td { padding: .3rem .9rem .3rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
th { font-weight: 600; color: var(--soft); font-size: .86rem; vertical-align: bottom; }
td { max-width: 22rem; }
.n { text-align: right; white-space: nowrap; }
th.n { white-space: normal; }
tbody tr:last-child td { border-bottom: 0; }
.bars table { width: 100%; }
.bars td:nth-child(2) { width: 55%; vertical-align: middle; }
.bar { height: .85rem; background: var(--first); border-radius: 2px; min-width: 1px; }
.matrix td, .matrix th { padding: .15rem; border: 0; text-align: center; vertical-align: middle; }
.matrix td:first-child, .matrix th:first-child { text-align: left; padding-right: .7rem; }
.matrix span { display: block; padding: .2rem .5rem; border-radius: 3px; min-width: 2.6rem; }
.matrix .none { color: var(--soft); }
.hit { background: color-mix(in srgb, var(--good) var(--s), transparent); }
.miss { background: color-mix(in srgb, var(--bad) var(--s), transparent); font-weight: 600; }
.charts { display: grid; gap: 1.2rem 2rem; margin: 1.2rem 0 0;
  grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
figure { margin: 0; max-width: 30rem; }
.tiles { display: flex; flex-wrap: wrap; gap: 1rem 1.4rem; margin: .6rem 0 1.2rem; }
.tiles figure { max-width: 100%; } img { max-width: 100%; height: auto; display: block; }
.pixels { image-rendering: pixelated; }
figure.network { margin: 1.2rem 0; max-width: 34rem; }
figcaption { margin-top: .3rem; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 12.5px; }
svg .mid { text-anchor: middle; } svg .end { text-anchor: end; }
svg .name, svg .strong { fill: var(--ink); } svg .strong { font-weight: 600; font-size: 14px; }
.grid { stroke: var(--line); } .axis { stroke: var(--soft); }
.line, .mark, .thread { fill: none; }
.line { stroke-width: 2.2; stroke-linejoin: round; } .thin { stroke-width: 1; }
.line.s1 { stroke: var(--first); } .line.s2 { stroke: var(--second); }
.dash { stroke-dasharray: 7 3; }
.dot.s1 { fill: var(--first); } .dot.s2 { fill: var(--second); } .faint { opacity: .55; }
.k0 { fill: #1f77b4; } .k1 { fill: #ff7f0e; } .k2 { fill: #2ca02c; }
.k3 { fill: #d62728; } .k4 { fill: #9467bd; } .k5 { fill: #8c564b; } .k6 { fill: #e377c2; }
.k7 { fill: #7f7f7f; } .k8 { fill: #bcbd22; } .k9 { fill: #17becf; }
svg.swatch { display: inline-block; width: .7rem; vertical-align: baseline; }
.band { fill: var(--second); opacity: .2; }
.mark { stroke: var(--soft); stroke-dasharray: 4 4; }
.thread { stroke: var(--line); stroke-width: .7; }
.cell { fill: var(--shade); stroke: var(--first); stroke-width: 1.6; }
.k { white-space: nowrap; } svg.key { display: inline-block; width: 1.4rem; }
dl { display: grid; grid-template-columns: 6rem 1fr; gap: .35rem 1rem; margin: .8rem 0; }
dt { font-weight: 600; } dd { margin: 0; }
details { margin: .6rem 0; } summary { cursor: pointer; color: var(--first); padding: .2rem 0; }
pre { background: var(--shade); padding: .8rem 1rem; border-radius: 6px; white-space: pre-wrap; }
code { font: .94em ui-monospace, SFMono-Regular, Consolas, monospace; }
:focus-visible { outline: 2px solid var(--first); outline-offset: 2px; }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .6rem; } h1 { font-size: 1.4rem; } .lead { font-size: 1.12rem; }
  .bars td:nth-child(2) { width: 30%; } td, th { padding-right: .6rem; } }
@media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444;
    --line: #bbb; --shade: #f2f2f2; --first: #0b5fc0; --second: #b35400; --good: #bfe3c9;
    --bad: #f4b8b0; --alarm: #b42318; }
  body { font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; } .wide { overflow: visible; }
  table { font-size: 8.5pt; } td, th { overflow-wrap: anywhere; padding-right: .4rem; }
  figure, tr, .matrix { break-inside: avoid; } h2, h3 { break-after: avoid; }
  details::details-content { content-visibility: visible; display: block; } }
"""
