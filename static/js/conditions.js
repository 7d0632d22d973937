/**
 * When is a key shown, and when is it needed: the conditions of the catalogue, evaluated in the browser.
 *
 * A condition is the JSON that `profiles/catalogue/conditions.py` writes, `values` and `defaults` are objects from
 * the path of a key to its value. Both evaluators must pass the cases in `tests/vectors/`.
 */

const OPERATORS = {
  equals: ([path, wanted], known) => effective(path, known) === wanted,
  one_of: ([path, options], known) => options.includes(effective(path, known)),
  is_set: (path, known) => isSet(own(known.values, path)),
  // Each part is evaluated, so that a malformed one is found wherever it stands.
  all: (parts, known) => parts.map((part) => holds(part, known)).every(Boolean),
  any: (parts, known) => parts.map((part) => holds(part, known)).some(Boolean),
  not: (part, known) => !holds(part, known),
};

const isPath = (operand) => typeof operand === "string";
const isPair = (operand) => Array.isArray(operand) && operand.length === 2 && isPath(operand[0]);

const SHAPES = {
  equals: (operand) => isPair(operand) && isScalar(operand[1]),
  one_of: (operand) => isPair(operand) && Array.isArray(operand[1]) && operand[1].every(isScalar),
  is_set: isPath,
  all: Array.isArray,
  any: Array.isArray,
  not: isPlainObject,
};

/** Does the condition hold, with `defaults` standing in for what is not set? Throws TypeError on anything malformed. */
export function evaluate(condition, values, defaults = {}) {
  return holds(condition, { values, defaults });
}

/** Is this a value that would be written? null, undefined, "", [] and {} are not; 0 and false are. */
export function isSet(value) {
  if (value === null || value === undefined || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength > 0;
  return !isPlainObject(value) || Object.keys(value).length > 0;
}

/** The paths that the condition asks about, in order and as often as it does. */
export function paths(condition) {
  const [operator, operand] = operation(condition);
  if (operator === "is_set") return [operand];
  if (operator === "not") return paths(operand);
  if (operator === "all" || operator === "any") return operand.flatMap(paths);
  return [operand[0]];
}

function holds(condition, known) {
  const [operator, operand] = operation(condition);
  return OPERATORS[operator](operand, known);
}

function operation(condition) {
  const entries = isPlainObject(condition) ? Object.entries(condition) : [];
  const [operator, operand] = entries.length === 1 ? entries[0] : [];
  if (!Object.hasOwn(OPERATORS, operator ?? "") || !SHAPES[operator](operand)) {
    const known = Object.keys(OPERATORS).join(", ");
    throw new TypeError(`A condition has exactly one operator of ${known}, not ${JSON.stringify(condition)}.`);
  }
  return entries[0];
}

function effective(path, { values, defaults }) {
  const value = own(values, path);
  return isSet(value) ? value : own(defaults, path);
}

// A key may be called "constructor"; only what was put there counts.
function own(object, path) {
  return Object.hasOwn(object, path) ? object[path] : undefined;
}

function isScalar(value) {
  return ["string", "number", "boolean"].includes(typeof value);
}

function isPlainObject(value) {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
