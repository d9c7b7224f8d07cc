import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const backend = process.env.VITE_BACKEND ?? "http://127.0.0.1:8000";
const proxied = ["/api", "/engine", "/media", "/health", "/admin", "/static"];

export default defineConfig({
  plugins: [react()],
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
