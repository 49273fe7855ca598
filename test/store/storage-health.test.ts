import { expect, test } from "bun:test";
import { StorageError } from "../../src/kit/mod.ts";
import { StorageHealth } from "../../src/store/storage-health.ts";
import { recordedLog } from "../support/log.ts";

test("a failure is said once, another one too, and that it is over", () => {
	const { log, lines } = recordedLog("store");
	const health = new StorageHealth("data.db", log);
	health.note(undefined);
	const said = () =>
		lines.splice(0).map((line) => {
			const { msg, database, reason } = JSON.parse(line);
			return [msg, database, reason];
		});
	expect([health.problem, said()]).toEqual([undefined, []]);
	for (const reason of ["full", "full", "read-only"]) health.note(new StorageError(reason));
	expect(health.problem?.message).toBe("read-only");
	expect(said()).toEqual([
		["changes cannot be stored", "data.db", "full"],
		["changes cannot be stored", "data.db", "read-only"],
	]);
	for (let n = 0; n < 2; n++) health.note(undefined);
	expect([health.problem, said()]).toEqual([
		undefined,
		[["changes can be stored again", "data.db", undefined]],
	]);
});
