import { expect, test } from "bun:test";
import type { CcmDevice } from "../../../../../src/contract/mod.ts";
import {
	deviceList,
	shownOf,
	withNews,
} from "../../../../../src/web/editor/screens/devices/device-list.ts";

const device = (mac: number, fields: Partial<CcmDevice> = {}): CcmDevice => ({
	...{ d_id: mac, mac_addr: `00000000-0000-4000-8000-00000000000${mac}`, d_name: `device ${mac}` },
	...{ status: "offline", seen: null, is_http: false, register_time: 0, u_id: null, u_name: null },
	...{ dm_id: 1, dm_name: "Lamp", features: [], device_webpage: "", extra_setup_webpage: "" },
	...{ may: { claim: true, release: false, model: false }, bound: [], bound_elsewhere: 0 },
	...fields,
});

const names = (devices: readonly CcmDevice[]) => devices.map(({ d_name }) => d_name);
const all = { shown: "all", search: "", uId: 1 } as const;

test("online devices come first, then names with their numbers in order", () => {
	const list = [
		device(2),
		device(1),
		device(3, { status: "online" }),
		device(4, { d_name: "device 10" }),
	];
	expect(names(deviceList(list, all))).toEqual(["device 3", "device 1", "device 2", "device 10"]);
});

test("a list is narrowed down by kind and by words in any of its texts", () => {
	const list = [
		device(1, { u_id: 1, u_name: "ann" }),
		device(2, { dm_id: null, dm_name: "Thermo", bound_elsewhere: 1, u_id: 2 }),
		device(3, {
			bound: [{ p_id: 5, p_name: "溫室", do_id: 6, may: "own" }],
			features: [{ df_name: "Temp-I", df_type: "input", param_no: 1 }],
		}),
	];
	const shown = (kind: string) =>
		names(deviceList(list, { ...all, shown: shownOf(kind) })).map((name) => name.at(-1));
	expect(shown("mine")).toEqual(["1"]);
	expect(shown("free")).toEqual(["3"]);
	expect(shown("unbound")).toEqual(["1"]);
	expect(shown("unknown")).toEqual(["2"]);
	expect(shown("online")).toEqual([]);
	expect(shown("no such kind")).toEqual(["1", "2", "3"]);
	const found = (search: string) => names(deviceList(list, { ...all, search }));
	expect(found("溫室 temp")).toEqual(["device 3"]);
	expect(found("ANN lamp")).toEqual(["device 1"]);
	expect(found("ann thermo")).toEqual([]);
});

test("news add, change and remove devices, or tell all again", () => {
	const before = [device(1), device(2)];
	const changed = device(2, { status: "online" });
	const after = withNews(before, {
		whole: false,
		devices: [changed, device(3)],
		gone: [device(1).mac_addr],
	});
	expect(after).toEqual([changed, device(3)]);
	expect(withNews(after, { whole: true, devices: [device(4)], gone: [] })).toEqual([device(4)]);
});
