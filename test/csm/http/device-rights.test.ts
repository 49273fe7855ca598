import { describe, expect, test } from "bun:test";
import { needOwner, needRegistrar, owns } from "../../../src/csm/http/device-rights.ts";
import type { DeviceRecord } from "../../../src/csm/store/devices.ts";
import type { Visitor } from "../../../src/http/mod.ts";

const ID = "01234567-89ab-4def-8123-456789abcdef";
const OTHER = "11234567-89ab-4def-8123-456789abcdef";
const PAGE = "https://lamps.example";

const ADMIN: Visitor = { kind: "admin", name: "admin", stamp: "" };
const ANONYMOUS: Visitor = { kind: "anonymous" };
const self: Visitor = { kind: "device", id: ID };
const neighbour: Visitor = { kind: "device", id: OTHER };
const token = (name: string): Visitor => ({ kind: "token", token: name });
const page = (origin: string, id?: string): Visitor => ({ kind: "page", origin, id });

function device(changes: Partial<DeviceRecord> = {}): DeviceRecord {
	return {
		id: ID,
		rev: "r",
		name: "Lamp",
		acceptProtos: ["mqtt"],
		idfList: null,
		odfList: null,
		profile: { model: "Lamp" },
		registerTime: 0,
		awaySeconds: 0,
		isOnline: false,
		secretHash: null,
		token: null,
		origin: null,
		...changes,
	};
}

/** What a right's check says: undefined when it lets the visitor pass. */
function refusalOf(check: () => void): [number, string] | undefined {
	try {
		check();
		return undefined;
	} catch (error) {
		if (!(error instanceof Error) || !("status" in error)) throw error;
		return [Number(error.status), error.message];
	}
}

describe("a device is", () => {
	test.each<[string, Visitor, DeviceRecord | undefined, boolean]>([
		["any admin's", ADMIN, device(), true],
		["any admin's, registered or not", ADMIN, undefined, true],
		["its own", self, device(), true],
		["not another device's", neighbour, device(), false],
		["that of the token it was registered with", token("a"), device({ token: "a" }), true],
		["not another token's", token("b"), device({ token: "a" }), false],
		["not a token's that registered nothing", token("a"), device(), false],
		["not a token's while it is not registered", token("a"), undefined, false],
		["that of its page's origin", page(PAGE), device({ origin: PAGE }), true],
		["not another origin's", page("https://x.example"), device({ origin: PAGE }), false],
		["not that of all pages without an origin", page("null"), device({ origin: "null" }), false],
		["that of a page which shows its password", page("null", ID), device(), true],
		["not that of a page which shows another's", page("null", OTHER), device(), false],
		["not that of a page while it is not registered", page(PAGE, ID), undefined, false],
		["not that of clients that show nothing", ANONYMOUS, device(), false],
	])("%s", (_, visitor, record, expected) => {
		expect(owns(visitor, ID, record)).toBe(expected);
		const refusal = refusalOf(() => needOwner(visitor, ID, record));
		expect(refusal === undefined).toBe(expected);
	});
});

test("without a right, a client that shows nothing is asked for a login, others are refused", () => {
	expect(refusalOf(() => needOwner(ANONYMOUS, ID, device()))).toEqual([
		401,
		"the device's login or an admin's is needed",
	]);
	expect(refusalOf(() => needOwner(neighbour, ID, device()))).toEqual([
		403,
		"this is not your device",
	]);
	expect(refusalOf(() => needOwner(page(PAGE), ID, device()))?.[0]).toBe(403);
});

describe("an id may be registered", () => {
	const withLogin = device({ secretHash: "h" });
	test.each<[string, Visitor, DeviceRecord | undefined]>([
		["by any token while it is free", token("a"), undefined],
		["by any token while its device has neither token nor login", token("a"), device()],
		["by its own token again", token("a"), device({ token: "a", secretHash: "h" })],
		["by any page while it is free", page("null"), undefined],
		["by its own login again", self, withLogin],
		["by an admin at any time", ADMIN, withLogin],
	])("%s", (_, visitor, record) => {
		expect(refusalOf(() => needRegistrar(visitor, ID, record))).toBeUndefined();
	});

	const TAKEN = "this id is registered to another client";
	test.each<[string, Visitor, DeviceRecord | undefined, number, string]>([
		["by a client that shows nothing", ANONYMOUS, undefined, 401, "a registration token is needed"],
		["by a device that is not registered", self, undefined, 403, "registers only that device"],
		["by another token", token("b"), device({ token: "a" }), 403, TAKEN],
		["by a token where a login was given without one", token("b"), withLogin, 403, TAKEN],
		["by a page of another origin", page("https://x.example"), withLogin, 403, TAKEN],
		["by another device", neighbour, withLogin, 403, TAKEN],
	])("not %s", (_, visitor, record, status, reason) => {
		const refusal = refusalOf(() => needRegistrar(visitor, ID, record));
		expect(refusal).toEqual([status, expect.stringContaining(reason)]);
	});
});
