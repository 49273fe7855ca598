import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClients } from "../../../src/csm/devices/api-clients.ts";
import { CsmStore } from "../../../src/csm/store/csm-store.ts";
import { ElsewhereError } from "../../../src/kit/errors.ts";
import { openCsmStore } from "../../support/csm-store.ts";

const MAX_CLIENTS = 1000;

let folder: string;
let made: ReturnType<typeof openCsmStore>;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-api-clients-"));
	made = openCsmStore(folder);
});
afterEach(async () => {
	await made.store.close();
	rmSync(folder, { recursive: true });
});

test("of a cluster are those in the database, whichever node has stored them", async () => {
	const [one, other] = [new ApiClients(made.csm, true), new ApiClients(made.csm, true)];
	await one.add("a");
	expect(await other.load()).toEqual(["a"]);
	await one.remove("a");
	// What it believes to be there is stored once more.
	await other.add("a");
	expect(await one.load()).toEqual(["a"]);
	expect(await other.load()).toEqual([]);
	await one.remove("a");
	await other.remove("a");
	await other.load();
	expect([...other.all]).toEqual([]);
});

test("of a cluster change under the lease of their own partition only", async () => {
	let changed: readonly string[] = [];
	const lost = new ElsewhereError("it is another node's");
	const csm = new CsmStore(made.store, {
		begin: (keys) => ({
			fence: async () => {
				changed = keys;
				if (keys.includes("gone")) throw lost;
			},
			end: () => {},
		}),
	});
	const clients = new ApiClients(csm, true);
	await clients.add("a");
	expect(changed).toEqual(["a"]);
	await clients.remove("a");
	await expect(clients.add("gone")).rejects.toBe(lost);
	await made.csm.write(({ deviceApiClients }) => deviceApiClients.add("gone"));
	await expect(clients.remove("gone")).rejects.toBe(lost);
	expect(await clients.load()).toEqual(["gone"]);
});

test("of a cluster are limited all together", async () => {
	await made.csm.write(async ({ deviceApiClients }) => {
		for (let n = 1; n < MAX_CLIENTS; n++) await deviceApiClients.add(`client${n}`);
	});
	const [one, other] = [new ApiClients(made.csm, true), new ApiClients(made.csm, true)];
	await one.add("a");
	await expect(other.add("b")).rejects.toThrow("too many clients: 1000 are attached already");
	await other.add("a");
});
