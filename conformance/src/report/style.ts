/** Colors carry no meaning of their own: every cell says in words or numbers what its color says. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --faint: #59636e; --line: #d1d9e0; --back: #ffffff; --head: #f6f8fa;
  --good: #dafbe1; --fair: #fff8c5; --bad: #ffebe9; }
@media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --faint: #9198a1; --line: #3d444d; --back: #0d1117;
  --head: #151b23; --good: #12361f; --fair: #3b2e0a; --bad: #4c1a1d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; } h2 { font-size: 1.15rem; margin: 2rem 0 0.25rem; }
p { margin: 0.25rem 0 0.75rem; } small { display: block; color: var(--faint); font-size: 0.8rem; font-weight: normal; }
header p.good, header p.bad { padding: 0.5rem 0.75rem; border-radius: 0.4rem; width: fit-content; }
.scrolling { overflow-x: auto; border: 1px solid var(--line); border-radius: 0.4rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.4rem 0.6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
thead th { background: var(--head); white-space: nowrap; } tbody th { font-weight: 600; min-width: 9rem; }
td { min-width: 5.5rem; }
.good { background: var(--good); } .fair { background: var(--fair); } .bad { background: var(--bad); }
details { margin: 0.5rem 0; } details details { margin-left: 0.75rem; } summary { cursor: pointer; font-weight: 600; }
ul { padding-left: 1.2rem; }
`;
