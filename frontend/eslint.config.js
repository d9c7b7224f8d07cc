import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

// Imports go one way: app > features > components/ui > i18n > config, features > api > config. Features do not know each
// other. What lies in another folder is imported by its "@/" name, so that these patterns see it.
const forbidden = {
  "src/app/*": ["../*"],
  "src/features/*/*": ["../*", "@/features/**", "@/app/**"],
  "src/features/*/*/*": ["../../*", "@/features/**", "@/app/**"],
  "src/components/ui/*": ["../*", "@/features/**", "@/app/**", "@/api/**"],
  "src/components/ui/*/*": ["../*", "@/features/**", "@/app/**", "@/api/**"],
  "src/api/*": ["../*", "@/features/**", "@/app/**", "@/components/**"],
  "src/i18n/*": ["../*", "@/features/**", "@/app/**", "@/components/**", "@/api/**"],
  "src/config/*": ["../*", "@/**"],
  "src/testing/*": ["../*", "@/features/**", "@/app/**", "@/components/**"],
};

const message = "Imports go one way, see eslint.config.js.";
const restrict = (...group) => ({ "no-restricted-imports": ["error", { patterns: [{ group, message }] }] });

// Words are in src/i18n, in both languages: none stands in a component.
const words = "/[\\p{L}]{2}/u";
const spoken = "/^(alt|label|title|hint|placeholder|aria-(label|description|roledescription|valuetext))$/";
const untranslated = [`JSXText[value=${words}]`, `JSXAttribute[name.name=${spoken}] > Literal[value=${words}]`].map(
  (selector) => ({ selector, message: "Words belong into src/i18n." }),
);

const zones = Object.entries(forbidden).flatMap(([files, group]) => [
  { files: [`${files}.{ts,tsx}`], rules: restrict(...group, "@/testing/**") },
  { files: [`${files}.test.{ts,tsx}`], rules: restrict(...group) },
]);

export default ts.config(
  { ignores: ["dist", "src/api/schema.d.ts"] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  hooks.configs.flat["recommended-latest"],
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] } },
    },
    rules: {
      "no-console": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  zones,
  {
    files: ["src/**/*.tsx"],
    ignores: ["**/*.test.tsx"],
    rules: { "no-restricted-syntax": ["error", ...untranslated] },
  },
  { files: ["**/*.js"], extends: [ts.configs.disableTypeChecked] },
  { files: ["scripts/first-load.js"], languageOptions: { globals: globals.node } },
  {
    files: ["scripts/service-worker.js"],
    languageOptions: { globals: { ...globals.serviceworker, SHELL: "readonly", VERSION: "readonly" } },
  },
);
