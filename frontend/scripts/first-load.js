// What a first visit loads of script, gzipped, before anything is clicked. Fails above the limit.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 200;
const dist = process.argv[2] ?? "dist";

const page = readFileSync(join(dist, "index.html"), "utf8");
const scripts = [...page.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="([^"]+\.js)"/g)].map(([, path]) => path);
const sizes = scripts.map((path) => [gzipSync(readFileSync(join(dist, path))).length / 1024, path]);
const total = sizes.reduce((sum, [size]) => sum + size, 0);

for (const [size, path] of sizes) process.stdout.write(`${size.toFixed(1).padStart(7)} KB  ${path}\n`);
process.stdout.write(`${total.toFixed(1).padStart(7)} KB  of script on a first visit, gzipped (limit ${LIMIT_KB})\n`);
if (scripts.length === 0 || total > LIMIT_KB) process.exit(1);
