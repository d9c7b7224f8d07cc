import { readdirSync } from "node:fs";
import js from "@eslint/js";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import imports from "eslint-plugin-import-x";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

const features = readdirSync("src/features", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

// Imports go one way: app > features > components/ui > api > config. Features do not know each other.
const zones = [
  ...features.map((feature) => ({
    target: `./src/features/${feature}`,
    from: "./src/features",
    except: [`./${feature}`],
    message: "Features do not import each other: share through components/ui or api, or compose in app.",
  })),
  { target: "./src/features", from: "./src/app", message: "Features do not know the app." },
  { target: "./src/components", from: ["./src/app", "./src/features", "./src/api"], message: "Components are dumb." },
  { target: "./src/api", from: ["./src/app", "./src/features", "./src/components"], message: "The api layer knows no UI." },
  {
    target: "./src/config",
    from: ["./src/app", "./src/features", "./src/components", "./src/api"],
    message: "Configuration depends on nothing.",
  },
  {
    target: ["./src/!(testing)/**/!(*.test).{ts,tsx}"],
    from: "./src/testing",
    message: "Only tests use the testing folder.",
  },
];

export default ts.config(
  { ignores: ["dist", "src/api/schema.d.ts"] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  hooks.configs.flat["recommended-latest"],
  {
    files: ["src/**/*.{ts,tsx}", "*.{ts,js}"],
    plugins: { "import-x": imports },
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] } },
    },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver()] },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones }],
      "import-x/no-cycle": "error",
      "import-x/order": [
        "error",
        {
          groups: ["builtin", "external", "internal", "parent", "sibling"],
          pathGroups: [{ pattern: "@/**", group: "internal" }],
          alphabetize: { order: "asc" },
          "newlines-between": "never",
        },
      ],
      "no-console": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-definitions": "off",
    },
  },
  { files: ["*.js"], extends: [ts.configs.disableTypeChecked] },
);
