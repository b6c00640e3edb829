/** The oldest Node.js that Vite 8 and the relay run on; the same as "engines" in package.json. */
const OLDEST = { major: 20, minor: 19 };

/**
 * @param {string} version such as `20.19.0`
 * @returns {string | undefined} what is wrong, in one line
 */
export function nodeVersionProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
  return isNewEnough
    ? undefined
    : `Earshot needs Node.js ${OLDEST.major}.${OLDEST.minor} or newer; this is ${version}.`;
}

/** Ends the process with one clear line when this Node is too old. */
export function requireNode() {
  const problem = nodeVersionProblem(process.versions.node);
  if (problem === undefined) return;
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
