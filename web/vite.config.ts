import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const apiOrigin = "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../dashboard_api/static",
    emptyOutDir: true,
    target: ["chrome123", "firefox121", "safari17.5"],
    assetsInlineLimit: 0, // the content policy allows files of our own only
    modulePreload: { polyfill: false },
    manifest: true,
  },
  server: { proxy: { "/api": { target: apiOrigin, ws: true } } },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost:3000/" } },
    setupFiles: ["src/testing/setup.ts"],
    css: { modules: { classNameStrategy: "non-scoped" } },
    restoreMocks: true,
    testTimeout: 15_000,
  },
});
