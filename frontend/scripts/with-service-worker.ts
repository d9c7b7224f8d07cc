import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const PUBLIC = ["/theme.js", "/favicon.svg", "/manifest.webmanifest"];

/** Writes `sw.js` into the build: the pages of the app, their styles and fonts are kept for want of a network. What only
 * some need (formulas, voice detection) is kept when it was used. */
export function withServiceWorker(isShell: (fileName: string) => boolean): Plugin {
  return {
    name: "with-service-worker",
    apply: "build",
    writeBundle({ dir = "dist" }, bundle) {
      const files = Object.keys(bundle).filter((name) => name !== "index.html" && isShell(name)).sort();
      const shell = ["/index.html", ...PUBLIC, ...files.map((name) => `/${name}`)];
      const version = createHash("sha256");
      for (const path of shell) version.update(path).update(readFileSync(join(dir, path)));
      const told = `const VERSION = "${version.digest("hex").slice(0, 12)}";\nconst SHELL = ${JSON.stringify(shell)};\n`;
      writeFileSync(join(dir, "sw.js"), told + readFileSync("scripts/service-worker.js", "utf8"));
    },
  };
}
