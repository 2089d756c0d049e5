import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import { readdirSync } from "node:fs";
import tseslint from "typescript-eslint";

const features = readdirSync(new URL("src/features", import.meta.url));

// Imports go one way: app -> features -> ui | api | session | format; a feature never imports another.
const layers = [
  { target: "./src/!(app|testing)/**/*", from: "./src/app" },
  { target: "./src/(ui|api|session|format)/**/*", from: "./src/features" },
  { target: "./src/format/**/*", from: ["./src/ui", "./src/api", "./src/session"] },
  { target: "./src/ui/**/*", from: ["./src/api", "./src/session"] },
  { target: "./src/api/**/*", from: ["./src/ui", "./src/session"] },
  ...features.map((name) => ({
    target: `./src/features/${name}/**/*`,
    from: "./src/features",
    except: [`./${name}`],
    message: "A feature never imports another: the page in app/ composes them.",
  })),
];

export default tseslint.config(
  { ignores: ["node_modules", "src/api/schema.ts"] },
  js.configs.recommended,
  { files: ["scripts/**/*.mjs", "*.js"], languageOptions: { globals: globals.node } },
  { files: ["public/**/*.js"], languageOptions: { globals: globals.browser, sourceType: "script" } },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked, reactHooks.configs.flat["recommended-latest"]],
    plugins: { "import-x": importX },
    languageOptions: { parserOptions: { projectService: true }, globals: globals.browser },
    settings: {
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".tsx", ".js", ".mjs", ".css"] })],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts", ".tsx"] },
    },
    rules: {
      "max-lines": ["error", 250],
      "import-x/no-cycle": "error",
      "import-x/no-duplicates": "error",
      "import-x/order": ["error", { alphabetize: { order: "asc" }, groups: ["builtin", "external", "parent", "sibling"] }],
      "import-x/no-restricted-paths": ["error", { zones: layers }],
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Event text is hostile: render it as text." },
        { selector: "JSXAttribute[name.name='style']", message: "Design tokens only: write a class." },
        { selector: "AssignmentExpression[left.property.name=/^(innerHTML|outerHTML)$/]", message: "Event text is hostile: render it as text." },
        { selector: "TSNonNullAssertionExpression", message: "No `!`: narrow the type." },
      ],
      "no-restricted-globals": ["error", { name: "fetch", message: "Use api/client." }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "@typescript-eslint/only-throw-error": ["error", { allow: [{ from: "package", package: "@tanstack/router-core", name: "Redirect" }] }],
    },
  },
);
