// Fails when src/api/schema.ts is not what openapi.json generates.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "errata-api-types-"));
try {
  const fresh = join(folder, "schema.ts");
  execFileSync("npx", ["openapi-typescript", "openapi.json", "--output", fresh, "--alphabetize"], { stdio: "pipe" });
  if (readFileSync(fresh, "utf8") !== readFileSync("src/api/schema.ts", "utf8")) {
    console.error("src/api/schema.ts is stale: run `npm run generate`.");
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
