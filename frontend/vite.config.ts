import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { withCompressed } from "./scripts/with-compressed";
import { withServiceWorker } from "./scripts/with-service-worker";

const backend = process.env.VITE_BACKEND ?? "http://127.0.0.1:8000";
const proxied = ["/api", "/engine", "/media", "/health", "/admin", "/static"];

// Pages, their styles and the font of the page; not what is loaded when it is used.
const SHELL = /^assets\/(?!katex|set-formula|vad|ort|worklet)[^/]*\.(js|css)$|^assets\/figtree-latin-wght-/i;

// Pictures, fonts and models are packed already.
const TEXT = /\.(js|css|wasm|svg)$/;

export default defineConfig({
  plugins: [react(), withServiceWorker((name) => SHELL.test(name)), withCompressed((name) => TEXT.test(name))],
  resolve: { tsconfigPaths: true },
  build: { target: "es2022", assetsInlineLimit: 0 },
  server: {
    port: 3000,
    strictPort: true,
    proxy: {
      // The Host header is kept, so that the addresses the backend hands out point at this server.
      ...Object.fromEntries(proxied.map((path) => [path, { target: backend }])),
      "/ws": { target: backend, ws: true },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/testing/setup.ts"],
    css: false,
    restoreMocks: true,
    isolate: false,
    testTimeout: 30_000, // machines that are busy with other things
  },
});
