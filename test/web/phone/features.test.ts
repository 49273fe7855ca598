import { describe, expect, test } from "bun:test";
import { seedFeatures } from "../../../src/ccm/catalog/seed-features.ts";
import { seedModels } from "../../../src/ccm/catalog/seed-models.ts";
import {
	type Feature,
	kindOf,
	type Param,
	type PartKind,
	partsOf,
	rounded,
	slideOf,
	sorted,
	valueAt,
} from "../../../src/web/phone/features.ts";
import { OWN_MODELS } from "../../../src/web/phone/own-models.ts";

const seeds = new Map<string, Feature>(
	seedFeatures().map(({ df_name, df_type, df_parameter }) => [
		df_name,
		{
			name: df_name,
			type: df_type === "input" ? "input" : "output",
			params: (df_parameter ?? []).map(({ param_type = "float", min = 0, max = 0 }) => ({
				...{ type: param_type, min: min ?? 0, max: max ?? 0 },
			})),
		},
	]),
);
const seed = (name: string): Feature => {
	const found = seeds.get(name);
	if (found === undefined) throw new Error(`no seed feature ${name}`);
	return found;
};
const param = (type: string, min = 0, max = 0): Param => ({ type, min, max });
const input = (name: string, ...params: Param[]): Feature => ({ name, type: "input", params });

describe("which part shows a feature", () => {
	test.each<[string, PartKind]>([
		["Color-I1", "colour"],
		["Button-I9", "button"],
		["Switch-I1", "switch"],
		["Keypad-I3", "keypad"],
		["Knob-I2", "slides"],
		["PptControl-I", "presenter"],
		["Acceleration-I", "acceleration"],
		["Gyroscope-I", "gyroscope"],
		["Orientation-I", "orientation"],
		["Microphone-I", "microphone"],
		["Geolocation-I", "position"],
		["Location-I", "location"],
		["DummySensor-I", "slides"],
		["A0-I", "slides"],
		["EduAcc-I", "fields"],
		["Song-I", "fields"],
		["Color-O", "lamp"],
		["Luminance-O", "lamp"],
		["Display-O", "screen"],
		["Vibration-O", "vibration"],
		["Key-O", "tone"],
		["Volume-O", "tone"],
		["DummyControl-O", "numbers"],
		["Acceleration-O1", "numbers"],
		["Name-O1", "words"],
		["Song-O", "words"],
	])("%s: %s", (name, kind) => {
		expect(kindOf(seed(name))).toBe(kind);
	});

	test("a feature of the user's own goes by its values", () => {
		expect(kindOf(input("Lever-I", param("int", 0, 9), param("int", 0, 9)))).toBe("pad");
		expect(kindOf(input("Lever-I", param("int"), param("int")))).toBe("slides");
		expect(kindOf(input("Door-I", param("boolean")))).toBe("switch");
		expect(kindOf(input("Bell-I", param("void")))).toBe("button");
		expect(kindOf(input("Bell-I"))).toBe("button");
		expect(kindOf(input("溫度-I", param("float", -10, 40)))).toBe("slides");
		expect(kindOf(input("Note-I", param("string")))).toBe("fields");
		// Too few values for what its name says.
		expect(kindOf(input("Color-I1", param("int", 0, 9)))).toBe("slides");
	});

	test("every seed model has parts for all its features", () => {
		for (const { df_list = [] } of seedModels()) {
			const features = df_list.map((entry) =>
				seed(typeof entry === "string" ? entry : entry.df_name),
			);
			const shown = partsOf(features).flatMap((part) => part.features);
			expect(shown.length).toBe(features.length);
		}
	});

	test("what comes back is first, and what makes one lamp is one part", () => {
		const names = ["Color-I1", "Color-O", "Button-I1", "Luminance-O"].map(seed);
		const parts = partsOf(names).map(({ kind, features }) => [kind, features.length]);
		expect(parts).toEqual([
			["lamp", 2],
			["colour", 1],
			["button", 1],
		]);
	});

	test("pages by name have their model's features, with the values of the default data", () => {
		for (const { model, features } of OWN_MODELS.values()) {
			const wanted = seedModels().find(({ dm_name }) => dm_name === model)?.df_list ?? [];
			const names = features.map(({ name }) => name);
			for (const entry of wanted) {
				expect(names).toContain(typeof entry === "string" ? entry : entry.df_name);
			}
			for (const { name, type, params } of features) {
				expect([name, type, params]).toEqual([name, seed(name).type, [...seed(name).params]]);
			}
		}
	});
});

describe("how many parts are shown", () => {
	const remote = partsOf(OWN_MODELS.get("Remote_control")?.features ?? []);

	test("all of a few", () => {
		const few = partsOf(OWN_MODELS.get("Bulb")?.features ?? []);
		expect(sorted(few, new Set())).toEqual({ shown: few, rest: [] });
	});

	test("of many the first of each kind, while none is linked", () => {
		const { shown, rest } = sorted(remote, new Set());
		const kinds = shown.map(({ kind }) => kind);
		expect(kinds).toEqual(["button", "colour", "keypad", "slides", "switch", "presenter"]);
		expect(rest.length).toBe(remote.length - kinds.length);
	});

	test("of many those that are linked", () => {
		const { shown } = sorted(remote, new Set(["Knob-I7", "Button-I2"]));
		expect(shown.map(({ features }) => features[0]?.name)).toEqual(["Button-I2", "Knob-I7"]);
	});
});

describe("sliders", () => {
	test.each([
		[param("float", 0, 1), { min: 0, max: 1, step: 0.01 }],
		[param("float", 0, 0.1), { min: 0, max: 0.1, step: 0.001 }],
		[param("float", -180, 180), { min: -180, max: 180, step: 1 }],
		[param("int", 0, 1023), { min: 0, max: 1023, step: 1 }],
		[param("int"), { min: 0, max: 100, step: 1 }],
		[param("float"), { min: 0, max: 100, step: 1 }],
	])("%j", (one, slide) => {
		expect(slideOf(one)).toEqual(slide);
	});

	test("values have no tail", () => {
		expect(rounded(0.1 + 0.2, 0.01)).toBe(0.3);
		expect(valueAt(0.333, param("float", 0, 1))).toBe(0.33);
		expect(valueAt(1, param("int", -5, 5))).toBe(5);
	});
});
