import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

// Imports go one way: app > features > components/ui > config, features > api > config. Features do not know each
// other. What lies in another folder is imported by its "@/" name, so that these patterns see it.
const forbidden = {
  "src/app/*": ["../*"],
  "src/features/*/*": ["../*", "@/features/**", "@/app/**"],
  "src/features/*/*/*": ["../../*", "@/features/**", "@/app/**"],
  "src/components/ui/*": ["../*", "@/features/**", "@/app/**", "@/api/**"],
  "src/api/*": ["../*", "@/features/**", "@/app/**", "@/components/**"],
  "src/config/*": ["../*", "@/**"],
  "src/testing/*": ["../*", "@/features/**", "@/app/**", "@/components/**"],
};

const message = "Imports go one way, see eslint.config.js.";
const restrict = (...group) => ({ "no-restricted-imports": ["error", { patterns: [{ group, message }] }] });
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
  { files: ["*.js"], extends: [ts.configs.disableTypeChecked] },
);
