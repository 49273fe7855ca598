import { describe, expect, test } from "bun:test";
import { CommanderError } from "commander";
import { failureOf } from "../../src/cli/failure.ts";
import { NotThereYet } from "../../src/cli/options.ts";
import { NotRunning } from "../../src/cli/running.ts";
import { ConfigError, DamageError, InvariantError, StorageError } from "../../src/kit/errors.ts";

const call = { args: ["x"], ini: undefined };
const system = (code: string, path?: string) =>
	Object.assign(new Error(code), { code, ...(path !== undefined && { path }) });

describe("how a failed command ends", () => {
	const cases: readonly [string, unknown, number, string][] = [
		["bad configuration", new ConfigError("a"), 1, "a"],
		["not there yet", new NotThereYet("start gui", "start csm"), 2, '"start gui" is not available'],
		["not running", new NotRunning("a", 3), 3, "a"],
		["no answer", new NotRunning("a", 4), 4, "a"],
		["damage", new DamageError("a"), 1, "the database is damaged: a"],
		["a full database", StorageError.from(system("SQLITE_FULL")), 1, "its disk is full"],
		["a full disk", system("ENOSPC", "/x/y"), 1, 'Cannot use "/x/y": the disk is full'],
		["a full disk somewhere", system("ENOSPC"), 1, "its disk is full (ENOSPC)"],
		["our own mistake", new InvariantError("a"), 1, "unexpected failure, please report it: a"],
		["what is not an error", "x", 1, "unexpected failure, please report it: x"],
	];
	for (const [what, error, exitCode, text] of cases) {
		test(`${what}: exit code ${exitCode}, and in words`, () => {
			const failure = failureOf(error, call);
			expect(failure.exitCode).toBe(exitCode);
			expect(failure.message).toContain(text);
		});
	}

	test("commander has said already what was wrong; its help is not a failure", () => {
		const usage = failureOf(new CommanderError(1, "x", "x"), call);
		expect(usage).toEqual({ message: undefined, exitCode: 2 });
		expect(failureOf(new CommanderError(0, "x", "x"), call).exitCode).toBe(0);
	});

	test("the message is one line, on which a terminal does not act", () => {
		const { message } = failureOf(new ConfigError("one\n  two\u001b[2J\n"), call);
		expect(message).toBe("one; two\\u001b[2J");
	});

	test("commands in it name the ini in use", () => {
		const failure = failureOf(new ConfigError("see: iotctl status"), { args: [], ini: "/a.ini" });
		expect(failure.message).toBe("see: iotctl -c /a.ini status");
	});
});
