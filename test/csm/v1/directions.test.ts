import { expect, test } from "bun:test";
import {
	type Direction,
	directionsOf,
	listsOf,
	type Sources,
} from "../../../src/csm/v1/directions.ts";

const NONE: Sources = {
	profile: { inputs: [], outputs: [] },
	model: undefined,
	linked: () => [],
	learned: new Map(),
};

test("the first that knows which way a feature goes decides", () => {
	const all: Sources = {
		profile: { inputs: ["x-O"], outputs: [] },
		model: { inputs: ["y-O"], outputs: ["x-O", "y"] },
		linked: (feature) => (feature === "z" ? ["output"] : []),
		learned: new Map([
			["z", "input"],
			["w", "input"],
		]),
	};
	const found = ["x-O", "y-O", "y", "q-O", "z", "w", "v"].map((name) => directionsOf(name, all));
	const wanted: Direction[][] = [
		["input"],
		["input"],
		["output"],
		["output"],
		["output"],
		["input"],
		[],
	];
	expect(found).toEqual(wanted);
});

test.each([
	["Color-I3", ["input"]],
	["weather-i", ["input"]],
	["temp_i", ["input"]],
	["SwitchIDF2", ["input"]],
	["Bulb-O", ["output"]],
	["lamp_o12", ["output"]],
	["ScreenODF", ["output"]],
	["Dummy_Sensor", []],
	["slider", []],
	["Acceleration", []],
] as const)("the name %s says %j", (name, wanted) => {
	expect(directionsOf(name, NONE)).toEqual([...wanted]);
});

test("an unknown feature is in both lists, control channels are in none, each once", () => {
	const lists = listsOf(["a-I", "b", "a-I", "__Ctl_I__"], NONE);
	expect(lists).toEqual({ idfList: ["a-I", "b"], odfList: ["b"], unknown: new Set(["b"]) });
	expect(listsOf([], NONE)).toMatchObject({ idfList: null, odfList: null });
});
