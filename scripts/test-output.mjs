// Reads what `bun test` prints, line by line: how many tests passed, which failed and why. Plain Node.

/** Longest part of a failed test's output that is repeated at the end. */
const ERROR_LINES = 12;
/** Lines before the verdict in which the error is looked for. */
const KEPT_LINES = 60;
/** What Bun calls a hook. It prints a verdict for each hook of a group that is not run. */
const HOOK = /(?:^| > )\(unnamed\)$/;
/** Begins what Bun repeats behind the last file of more than a few tests. */
const RECAP = /^\d+ tests (?:failed|skipped|todo):$/;
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/**
 * @typedef {object} Failure
 * @property {string} file Empty until Bun has named one.
 * @property {string} test Its name with the names of its groups, or what else went wrong.
 * @property {string[]} error Its message's first lines.
 */

/** One run of `bun test`. */
export class TestOutput {
	/** @type {Failure[]} */
	failures = [];
	passed = 0;
	skipped = 0;
	#file = "";
	/** What was printed since the last verdict. */
	#lines = [];
	#inUnhandled = false;
	#inRecap = false;

	/** @param {string} raw A line without its end. */
	take(raw) {
		const line = raw.replace(COLOURS, "").replace(/\r$/, "");
		const verdict = /^\((pass|fail|skip|todo)\) (.*?)(?: \[[\d.]+m?s\])?$/.exec(line);
		const file = /^(\S.*\.test\.tsx?):$/.exec(line);
		if (RECAP.test(line)) this.#inRecap = true;
		else if (verdict !== null) this.#decide(verdict[1], verdict[2]);
		else if (file !== null) this.#enter(file[1]);
		else if (line === "# Unhandled error between tests") this.#enter(this.#file, true);
		else if (this.#inUnhandled && /^-+$/.test(line)) this.#endUnhandled();
		else {
			this.#lines.push(line);
			if (this.#lines.length > KEPT_LINES) this.#lines.shift();
		}
	}

	#enter(file, inUnhandled = false) {
		this.#file = file;
		this.#lines = [];
		this.#inUnhandled = inUnhandled;
		this.#inRecap = false;
	}

	#decide(verdict, test) {
		if (this.#inRecap) return;
		if (verdict === "pass") this.passed++;
		else if (verdict === "fail") this.#fail(test);
		else if (!HOOK.test(test)) this.skipped++;
		this.#lines = [];
	}

	/** Such an error stands between two lines of dashes. */
	#endUnhandled() {
		if (this.#lines.length === 0) return;
		this.#fail("an error outside its tests");
		this.#enter(this.#file);
	}

	#fail(test) {
		const start = this.#lines.findIndex((line) => /^(\w*[Ee]rror|\w*Exception)\b/.test(line));
		const lines = (start < 0 ? this.#lines.slice(-ERROR_LINES) : this.#lines.slice(start)).filter(
			(line) => line.trim() !== "",
		);
		this.failures.push({ file: this.#file, test, error: lines.slice(0, ERROR_LINES) });
	}
}
