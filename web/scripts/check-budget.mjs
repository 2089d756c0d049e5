// The first page (sign in, or the shell with the issue list) must stay within 200 kB gzipped.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const budget = 200_000;
const root = new URL("../../dashboard_api/static/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", root), "utf8"));
const firstPages = ["index.html", "src/app/routes/sign-in-page.tsx", "src/app/shell/app-shell.tsx", "src/app/routes/issues-page.tsx"];

const files = new Set(["index.html", "theme.js"]);
const visited = new Set();
function collect(key) {
  if (visited.has(key)) return;
  visited.add(key);
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`${key} is not in the build: update scripts/check-budget.mjs`);
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const imported of chunk.imports ?? []) collect(imported);
}
firstPages.forEach(collect);

const sizes = [...files].map((file) => ({ file, size: gzipSync(readFileSync(new URL(file, root)), { level: 9 }).length }));
const total = sizes.reduce((sum, { size }) => sum + size, 0);
for (const { file, size } of sizes.sort((a, b) => b.size - a.size)) console.log(`${(size / 1000).toFixed(1).padStart(8)} kB  ${file}`);
console.log(`${(total / 1000).toFixed(1).padStart(8)} kB  first page, gzipped (budget ${budget / 1000} kB)`);
if (total > budget) process.exit(1);
