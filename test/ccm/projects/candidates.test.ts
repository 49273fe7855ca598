import { describe, expect, test } from "bun:test";
import { candidatesOf } from "../../../src/ccm/projects/candidates.ts";
import type { DeviceRecord } from "../../../src/ccm/store/port.ts";
import { block, port, uuid } from "../support/documents.ts";

const device = (d_id: number, changes: Partial<DeviceRecord>): DeviceRecord => ({
	...{ d_id, mac_addr: uuid(d_id), d_name: `d${d_id}`, status: "online", u_id: null },
	...{ dm_name: "Model", is_sim: false, register_time: 1000 },
	...{ extra_setup_webpage: "", device_webpage: "" },
	...changes,
});
const devices = [
	device(1, { u_id: 5 }),
	device(2, { u_id: 6 }),
	device(3, {}),
	device(4, { register_time: 2000 }),
	device(5, { u_id: 5, dm_name: "Other" }),
	device(6, { u_id: 5, is_sim: true }),
];
const input = block(1, null, [port({ dfo_id: 1, df_name: "A-I" })]);
const output = block(2, null, [port({ dfo_id: 2, df_name: "B-O" })]);

/** Ids of the candidates of person 5, at second 1500. */
const ids = (of: typeof input, ownershipTimeoutS: number, bound: readonly number[] = []) => {
	const boundElsewhere = new Set(bound.map(uuid));
	const rules = { u_id: 5, ownershipTimeoutS, boundElsewhere, now: 1500 };
	return candidatesOf(of, devices, rules).map(({ d_id }) => d_id);
};

describe("devices that may be bound (ccm-gui.md §7)", () => {
	test("are without a limit one's own and nobody's, whatever the clock says", () => {
		expect(ids(input, 0)).toEqual([1, 3, 4]);
		expect(ids(output, 0)).toEqual([1, 3, 4]);
	});

	test("are with a limit one's own and nobody's of that age; inputs may be anybody's", () => {
		expect(ids(input, 500)).toEqual([1, 2, 3]);
		expect(ids(output, 500)).toEqual([1, 3]);
		expect(ids(output, 501)).toEqual([1]);
	});

	test("are for outputs not those that other blocks have", () => {
		expect(ids(input, 0, [1, 3])).toEqual([1, 3, 4]);
		expect(ids(output, 0, [1, 3])).toEqual([4]);
	});
});
