// Runs the condition cases in JavaScript: node run.mjs conditions.js < cases.json > results.json
//
// Each case brings "condition", "values" and perhaps "defaults". Each result is {"value", "paths"} or {"error"}.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { evaluate, paths } = await import(pathToFileURL(process.argv[2]));

function result({ condition, values, defaults }) {
  try {
    const value = defaults === undefined ? evaluate(condition, values) : evaluate(condition, values, defaults);
    return { value, paths: paths(condition) };
  } catch (error) {
    return { error: error.name };
  }
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(result)));
