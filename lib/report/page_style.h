// SPDX-License-Identifier: GPL-3.0-or-later
// The style sheet of report.html. Private to lib/report.
//
// Shades --q0..--q7 of the maps: equal steps of viridis, from where it stands
// out by 3:1 from the sky around it; high values differ most from the ground,
// so the order is turned around on a dark page. Texts in drawings have sizes in
// units of the drawing (2000 across), hence the steps with the screen's width.
#pragma once

#include <string_view>

namespace hips {

inline constexpr std::string_view kReportStyle = R"css(:root {
  color-scheme: light dark;
  --page: #fbfbfa; --text: #1c2024; --soft: #5a636b; --line: #d9dde0;
  --panel: #ffffff; --link: #0b57a4; --good: #1d6b34; --bad: #a3201b;
  --sky: #ffffff; --grid: #7d8790; --rim: #8b949c; --bar: #31688e;
  --pale: #7891a6;
  --q0: #1fa187; --q1: #228d8d; --q2: #297a8e; --q3: #31668d;
  --q4: #3c508b; --q5: #443882; --q6: #481f70; --q7: #440154;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --text: #e6e9eb; --soft: #a3adb5; --line: #30363b;
    --panel: #1c2024; --link: #7db8f0; --good: #7fd196; --bad: #ff9d94;
    --sky: #0e1113; --grid: #8b959d; --rim: #5a636b; --bar: #4f9cc9;
    --pale: #5c7890;
    --q0: #2f698e; --q1: #26808e; --q2: #1f978b; --q3: #28ad80;
    --q4: #4bc26c; --q5: #81d34c; --q6: #c0df24; --q7: #fde725;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif;
}
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; }
h1, dd, dt, td, th, p, li { overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.2rem; }
h3 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
p { margin: .5rem 0; max-width: 48rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.soft { color: var(--soft); }
.good { color: var(--good); }
.bad { color: var(--bad); font-weight: 600; }
.good a, .bad a { color: inherit; }
.state {
  list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem;
  margin: 1rem 0; padding: 0;
}
dl {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr));
  gap: .75rem 1.5rem; margin: 1rem 0;
}
dt { color: var(--soft); font-size: .875rem; }
dd { margin: 0; }
.maps {
  display: grid; gap: 2rem 2rem;
  grid-template-columns: repeat(2, minmax(0, 1fr));
}
.maps h3 { margin-top: 0; }
.wide { grid-column: 1 / -1; }
figure { margin: 0; min-width: 0; }
figcaption { margin-top: .5rem; max-width: 48rem; font-size: .9375rem; }
svg { display: block; width: 100%; height: auto; overflow: hidden; }
svg text {
  font-family: system-ui, sans-serif; font-size: 44px; fill: var(--text);
  stroke: var(--sky); stroke-width: 10px; stroke-linejoin: round;
  paint-order: stroke;
}
.wide text, .chart text { font-size: 24px; stroke-width: 6px; }
.chart text { stroke: var(--page); }
.sky { fill: var(--sky); }
.rim { fill: none; stroke: var(--rim); stroke-width: 4px; }
.grid {
  fill: none; stroke: var(--grid); stroke-width: 1px; stroke-opacity: .55;
  vector-effect: non-scaling-stroke;
}
g path { stroke-width: .9px; vector-effect: non-scaling-stroke; }
.q0 { fill: var(--q0); stroke: var(--q0); background: var(--q0); }
.q1 { fill: var(--q1); stroke: var(--q1); background: var(--q1); }
.q2 { fill: var(--q2); stroke: var(--q2); background: var(--q2); }
.q3 { fill: var(--q3); stroke: var(--q3); background: var(--q3); }
.q4 { fill: var(--q4); stroke: var(--q4); background: var(--q4); }
.q5 { fill: var(--q5); stroke: var(--q5); background: var(--q5); }
.q6 { fill: var(--q6); stroke: var(--q6); background: var(--q6); }
.q7 { fill: var(--q7); stroke: var(--q7); background: var(--q7); }
.here { fill: var(--bar); stroke: var(--bar); stroke-width: 4px; }
.locator svg { overflow: visible; }
.ring { fill: none; stroke: var(--bad); stroke-width: 10px; }
.in { fill: var(--bar); }
.out { fill: var(--pale); }
.axis { fill: none; stroke: var(--soft); stroke-width: 3px; }
.cut { fill: none; stroke: var(--bad); stroke-width: 4px; }
.legend { margin-top: .5rem; font-size: .8125rem; }
.legend p { margin: 0; color: var(--soft); }
.legend ul {
  list-style: none; margin: .25rem 0 0; padding: 0; display: grid; gap: .5rem 2px;
  grid-template-columns: repeat(auto-fit, minmax(3.7rem, 1fr));
}
.legend i { display: block; height: .75rem; margin-bottom: .2rem; }
.legend li { line-height: 1.3; }
.legend small { display: block; color: var(--soft); font-size: .75rem; }
.scroll {
  overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--panel); max-width: 100%;
}
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td {
  padding: .4rem .75rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line);
}
tbody tr:last-child th, tbody tr:last-child td { border-bottom: 0; }
thead th { color: var(--soft); font-size: .875rem; white-space: nowrap; }
tbody th { font-weight: 400; min-width: 9rem; }
td { min-width: 8rem; }
.n2 :is(th, td):nth-child(2), .n3 :is(th, td):nth-child(3),
.n4 :is(th, td):nth-child(4), .n5 :is(th, td):nth-child(5),
.n6 :is(th, td):nth-child(6) {
  text-align: right; white-space: nowrap; min-width: 0;
}
.w2 td:nth-child(2), .w3 td:nth-child(3), .w4 td:nth-child(4),
.w5 td:nth-child(5), .w6 td:nth-child(6) { white-space: nowrap; min-width: 0; }
.bar {
  display: block; height: .5rem; min-width: 1px; margin: .15rem 0 .25rem;
  background: var(--bar);
}
.bars tbody th { width: 60%; min-width: 6rem; }
summary { cursor: pointer; padding: .5rem 0; }
footer { padding-top: 2rem; padding-bottom: 2.5rem; color: var(--soft); font-size: .875rem; }
@media (max-width: 60rem) {
  svg text { font-size: 56px; stroke-width: 12px; }
  .wide text, .chart text { font-size: 34px; stroke-width: 8px; }
}
@media (max-width: 44rem) {
  .maps { grid-template-columns: minmax(0, 1fr); }
  svg text { font-size: 40px; }
}
@media (max-width: 34rem) {
  svg text, .wide text, .chart text { font-size: 62px; stroke-width: 14px; }
  dl { grid-template-columns: minmax(0, 1fr); gap: .5rem; }
  h1 { font-size: 1.35rem; }
  th, td { padding: .35rem .5rem; }
}
@media print {
  .scroll { overflow: visible; }
  section, figure, tr { break-inside: avoid; }
}
)css";

}  // namespace hips
