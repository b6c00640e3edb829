/** Colours as in the colour-blind-safe palette of Okabe and Ito, lighter where the page is dark. */
export const STYLE = `
:root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--faint:#5b6470;--line:#d9dee5;--card:#f6f8fa;--good:#0a7a4b;--bad:#b3261e;
--s0:#0072b2;--s1:#d55e00;--s2:#009e73;--s3:#b5509c;--s4:#8a6d00;--s5:#3f6f8f;--s6:#666;--p0:#8ab6d6;--p1:#b9a3d6;--p2:#9aa4af;--p3:#e0a458;--p4:#79b791}
@media (prefers-color-scheme:dark){:root{--page:#14171b;--ink:#e8ecf1;--faint:#9aa5b1;--line:#333b45;--card:#1c2127;--good:#4cc38a;--bad:#ff8a80;
--s0:#56b4e9;--s1:#f0883e;--s2:#2fcf9d;--s3:#e39bd0;--s4:#e6c34a;--s5:#8fc1e3;--s6:#b0b8c1;--p0:#4d86ad;--p1:#8a72b0;--p2:#66717d;--p3:#b9782c;--p4:#4f8f68}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1100px;padding:16px;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;margin:.2em 0}h2{font-size:1.15rem;margin:2em 0 .5em}h3{font-size:1rem;margin:0 0 .4em}
p,summary{color:var(--faint);margin:.3em 0}.verdict{font-size:1.1rem;color:var(--ink)}
.good{color:var(--good);font-weight:600}.bad{color:var(--bad);font-weight:600}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,330px),1fr));gap:14px}
figure{margin:0;padding:12px;border:1px solid var(--line);border-radius:10px;background:var(--card);min-width:0}
svg{display:block;width:100%;height:auto;overflow:visible}svg text{font:11px system-ui,sans-serif;fill:currentColor}svg .tick{fill:var(--faint);font-size:10px}
.grid{stroke:var(--line);stroke-width:.6;fill:none}.limit{stroke:var(--bad);stroke-width:1;stroke-dasharray:4 3;fill:none}
.line{stroke:currentColor;stroke-width:1.6;fill:none}.values{stroke:currentColor;stroke-width:1;opacity:.4}.mark{stroke:currentColor;stroke-width:2}circle{fill:currentColor}
${Array.from({ length: 7 }, (_, i) => `.s${i}{color:var(--s${i})}`).join('')}${Array.from({ length: 5 }, (_, i) => `.p${i}{fill:var(--p${i})}`).join('')}
.table{overflow-x:auto;border:1px solid var(--line);border-radius:10px}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:5px 10px;border-bottom:1px solid var(--line);white-space:nowrap}td.n{text-align:right;font-variant-numeric:tabular-nums}
td.wide{white-space:normal;min-width:150px}th{background:var(--card)}details{margin:.6em 0}li{overflow-wrap:anywhere}
@media (max-width:500px){body{padding:12px}figure{padding:8px}th,td{padding:4px 7px}}
`;
