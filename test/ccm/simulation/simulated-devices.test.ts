import { describe, expect, test } from "bun:test";
import {
	isSimulator,
	simulatedDevice,
	simulatedSeats,
	simulatorIds,
	withSimulators,
} from "../../../src/ccm/simulation/simulated-devices.ts";
import { isUuid } from "../../../src/kit/mod.ts";
import { block, crowd, join, link, port, project, uuid } from "../support/documents.ts";

const idOf = simulatorIds("secret");
const input = port({
	dfo_id: 1,
	df_id: 11,
	df_name: "Acceleration-I",
	param_no: 3,
	tag_param_no: 1,
});
const output = port({ dfo_id: 2, df_id: 12, df_name: "Lamp-O" });
const running = (sim: "on" | "off", status: "on" | "off" = "on") =>
	project([block(7, null, [input]), block(8, 5, [output])], [join(3, [link(1), link(2)])], {
		sim,
		status,
	});
const param = (param_type: string, min: number, max: number) => ({
	...{ param_type, min, max, idf_type: "sample" as const, fn_id: null },
	...{ normalization: false, unit_id: 1 },
});
const feature = (df_id: number, df_name: string, df_type: "input" | "output") => ({
	...{ df_id, df_name, df_type, df_category: "None", comment: "", params: [], u_id: null },
});

describe("simulated devices", () => {
	test("have ids that stay, differ, and cannot be told without the secret", () => {
		const ids = Array.from({ length: 1000 }, (_, n) => idOf(n));
		expect(ids.every(isUuid)).toBe(true);
		expect(new Set(ids).size).toBe(1000);
		expect(simulatorIds("secret")(7)).toBe(idOf(7));
		expect(simulatorIds("other")(7)).not.toBe(idOf(7));
	});

	test("are told by their id, whatever a profile says", () => {
		const profile = { is_sim: true, do_id: 7 };
		expect(isSimulator(idOf, { id: idOf(7), profile })).toBe(true);
		expect(isSimulator(idOf, { id: idOf(8), profile })).toBe(false);
		expect(isSimulator(idOf, { id: idOf(7), profile: { do_id: 7 } })).toBe(false);
		expect(isSimulator(idOf, { id: idOf(7), profile: { is_sim: true, do_id: "7" } })).toBe(false);
	});

	test("stand for unbound objects of a running project that simulates, and no other", () => {
		expect(
			simulatedSeats(running("on")).map(({ block: { do_id }, seat }) => [do_id, seat]),
		).toEqual([[7, 0]]);
		expect(simulatedSeats(running("off"))).toEqual([]);
		expect(simulatedSeats(running("on", "off"))).toEqual([]);
		const [first, second] = withSimulators(running("on"), idOf).blocks;
		expect(first?.bindings).toEqual([{ seat: 0, mac_addr: idOf(7) }]);
		expect(second).toEqual(block(8, 5, [output]));
		const off = running("off");
		expect(withSimulators(off, idOf)).toBe(off);
	});

	test("stand for each seat of a crowd that no device has, first seats of all objects first", () => {
		const phones = crowd(9, { 1: 41 }, [input], 3);
		const all = [phones, block(7, null, [input]), crowd(8, {}, [input], 200)];
		const document = project(all, [], { sim: "on" });
		const seats = simulatedSeats(document).map(({ block: { do_id }, seat }) => `${do_id}:${seat}`);
		expect(seats).toHaveLength(100);
		expect(seats.slice(0, 7)).toEqual(["9:0", "7:0", "8:0", "8:1", "9:2", "8:2", "8:3"]);
		const [first] = withSimulators(document, idOf).blocks;
		expect(first?.bindings).toEqual([
			{ seat: 0, mac_addr: idOf(9) },
			{ seat: 1, mac_addr: uuid(41) },
			{ seat: 2, mac_addr: idOf(9, 2) },
		]);
		const { id, profile } = simulatedDevice(document, { block: phones, seat: 2 }, [], {
			...{ idOf, owner: null },
		});
		expect(profile).toMatchObject({ do_id: 9, seat: 2 });
		expect(isSimulator(idOf, { id, profile })).toBe(true);
		expect(isSimulator(idOf, { id, profile: { ...profile, seat: 1 } })).toBe(false);
		expect(isSimulator(idOf, { id, profile: { ...profile, seat: "2" } })).toBe(false);
	});

	test("have all features of their model, and values for those of the object: tags have none", () => {
		const document = running("on");
		const [simulated = block(0, null, [])] = document.blocks;
		const features = [
			{ feature: feature(11, "Acceleration-I", "input"), params: [param("float", -1, 1)] },
			{ feature: feature(13, "Other-I", "input"), params: [param("int", 0, 1)] },
			{ feature: feature(14, "Display-O", "output"), params: [param("int", 0, 1)] },
		];
		const device = simulatedDevice(document, { block: simulated, seat: 0 }, features, {
			idOf,
			owner: "ann",
		});
		expect(device).toMatchObject({
			name: `Sim-${idOf(7).slice(0, 8)}`,
			profile: { model: "Model", is_sim: true, do_id: 7, u_name: "ann" },
			idfs: [
				["Acceleration-I", [null]],
				["Other-I", [null]],
			],
			odfs: [["Display-O", [null]]],
		});
		// The link has one parameter, with a range of its own; what the model does not know has no type.
		expect([...device.values]).toEqual([
			[
				"Acceleration-I",
				[
					{ type: "float", min: 0, max: 0 },
					{ type: "", min: 0, max: 0 },
					{ type: "", min: 0, max: 0 },
					{ type: "", min: 0, max: 0 },
				],
			],
		]);
	});
});
