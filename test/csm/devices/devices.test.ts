import { afterEach, expect, test } from "bun:test";
import { systemClock } from "../../../src/kit/clock.ts";
import { ElsewhereError, InputError, StorageError } from "../../../src/kit/errors.ts";
import { storedDevice } from "../../support/csm-store.ts";
import { failNextFlush } from "../../support/failing-flush.ts";
import { type Registry, startRegistry } from "../../support/registry.ts";

let registry: Registry;
afterEach(() => registry.dispose());

const [A, B, C] = ["a", "b", "c"].map((first) => `${first}0000000-0000-4000-8000-000000000000`);
/** Presence is not stored meanwhile: the flush that fails is that of the change. */
const NO_SAVES = { saveSeconds: 600 };
const errorOf = (work: Promise<unknown>) => work.then(() => null).catch((error) => error);
const storedNames = async () => {
	const stored = await registry.csm.rows.devices.all(() => {});
	return stored.map(({ name }) => name);
};

/** Registers a device of a model, whose name is made up. */
function registerNameless(id: string): Promise<{ name: string }> {
	const lists = { idfList: null, odfList: null };
	const registration = { name: null, acceptProtos: ["mqtt"], profile: { model: "m" }, ...lists };
	const login = () => ({ secretHash: null, token: null, origin: null });
	return registry.devices.register(id, registration, login);
}

test("no more devices than the limit, also of those that register at the same moment", async () => {
	registry = await startRegistry({ maxDevices: 1 });
	const results = await Promise.all([A, B, C].map((id = "") => errorOf(registry.register(id))));
	const refused = new InputError("too many devices: 1 are registered already");
	expect(results).toEqual([null, refused, refused]);
	expect(registry.devices.list()).toHaveLength(1);
	expect(await storedNames()).toEqual(["n"]);
	// Again is not one more, and one that goes makes room.
	const rev = await registry.register(A ?? "");
	expect(await registry.devices.deregister(A ?? "", rev)).toBe("done");
	await registry.register(B ?? "");
	expect(await errorOf(registry.register(C ?? ""))).toEqual(refused);
});

test("a limit that a reload changes counts from the next registration on", async () => {
	const config = { maxDevices: 1 };
	registry = await startRegistry({
		get maxDevices() {
			return config.maxDevices;
		},
	});
	await registry.register(A ?? "");
	config.maxDevices = 2;
	await registry.register(B ?? "");
	expect(registry.devices.list()).toHaveLength(2);
});

test("names of registrations that were refused are free again", async () => {
	registry = await startRegistry({ maxDevices: 1 });
	const results = await Promise.allSettled([A, B].map((id = "") => registerNameless(id)));
	expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
	const [first] = registry.devices.list();
	expect(first?.record.name).toBe("00.m");
	expect(await registry.devices.deregister(A ?? "", first?.record.rev)).toBe("done");
	expect((await registerNameless(B ?? "")).name).toBe("00.m");
});

test("what the disk does not confirm is in effect anyway", async () => {
	registry = await startRegistry(NO_SAVES);
	const { devices } = registry;
	const id = A ?? "";
	failNextFlush();
	expect(await errorOf(registry.register(id))).toBeInstanceOf(StorageError);
	expect(devices.get(id)?.name).toBe("n");
	failNextFlush();
	expect(await errorOf(devices.change(id, { name: "new" }))).toBeInstanceOf(StorageError);
	expect(devices.get(id)?.name).toBe("new");
	expect(await storedNames()).toEqual(["new"]);
	const rev = devices.get(id)?.rev;
	failNextFlush();
	expect(await errorOf(devices.deregister(id, rev))).toBeInstanceOf(StorageError);
	expect(devices.get(id)).toBeUndefined();
	expect(await storedNames()).toEqual([]);
});

test("of a device that is another node's nothing is said, also where it has gone before its turn", async () => {
	let isHere = true;
	const shared = { isOurs: () => isHere, names: { next: async () => 7 } };
	registry = await startRegistry(NO_SAVES, systemClock, shared);
	const { devices } = registry;
	const id = A ?? "";
	const rev = await registry.register(id);
	const turns = [
		devices.deregister(id, rev),
		devices.change(id, { name: "new" }),
		registry.register(id),
	];
	isHere = false;
	const refused = await Promise.all(turns.map(errorOf));
	expect(refused.map((error) => error instanceof ElsewhereError)).toEqual([false, true, true]);
	isHere = true;
	expect(await devices.deregister(id, rev)).toBe("unknown");
});

test("a device that has gone and come back while its name was drawn is judged as it has come back", async () => {
	const drawn = Promise.withResolvers<number>();
	const shared = { isOurs: () => true, names: { next: () => drawn.promise } };
	registry = await startRegistry(NO_SAVES, systemClock, shared);
	const { devices } = registry;
	const id = A ?? "";
	const seen: unknown[] = [];
	const nameless = { name: null, acceptProtos: ["mqtt"], profile: { model: "m" } };
	const registered = devices.register(
		id,
		{ ...nameless, idfList: null, odfList: null },
		(known) => {
			seen.push(known?.name);
			return { secretHash: null, token: null, origin: null };
		},
	);
	await registry.csm.write((rows) => rows.devices.put({ ...storedDevice(id), name: "other's" }));
	await devices.adopt(() => true);
	drawn.resolve(7);
	expect((await registered).name).toBe("07.m");
	expect(seen).toEqual([undefined, "other's"]);
});
