import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Lays a `.br` and a `.gz` beside each file of the build that becomes smaller by them: the web process sends what the
 * browser takes. */
export function withCompressed(isText: (fileName: string) => boolean): Plugin {
  let folder = "dist";
  return {
    name: "with-compressed",
    apply: "build",
    writeBundle({ dir }) {
      folder = dir ?? folder;
    },
    closeBundle() {
      const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(isText);
      for (const path of names.map((name) => join(folder, name))) {
        const data = readFileSync(path);
        const quality = data.length > 1_000_000 ? 9 : constants.BROTLI_MAX_QUALITY; // the last bytes take minutes
        writeFileSync(`${path}.br`, brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }));
        writeFileSync(`${path}.gz`, gzipSync(data, { level: 9 }));
      }
    },
  };
}
