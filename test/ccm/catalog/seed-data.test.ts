import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { describeSeedData, seedData } from "../../../src/ccm/catalog/seed-data.ts";
import { SeedFileSchema } from "../../../src/ccm/catalog/seed-file.ts";
import { runPython } from "../support/python.ts";

const data = seedData();
const features = new Map((data.DeviceFeature ?? []).map((feature) => [feature.df_name, feature]));
const functions = new Map((data.Function ?? []).map((fn) => [fn.fn_name, fn]));

describe("default data", () => {
	test("has the shape of a seed file", () => {
		expect([...Value.Errors(SeedFileSchema, data)]).toEqual([]);
	});

	test("names nothing twice", () => {
		expect(features.size).toBe(data.DeviceFeature?.length ?? -1);
		expect(functions.size).toBe(data.Function?.length ?? -1);
		const models = (data.DeviceModel ?? []).map(({ dm_name }) => dm_name);
		expect(new Set(models).size).toBe(models.length);
	});

	test("has every feature its models name, and every function it offers", () => {
		const named = (data.DeviceModel ?? []).flatMap(({ df_list }) => df_list);
		expect(named.filter((name) => typeof name !== "string" || !features.has(name))).toEqual([]);
		const offered = (data.FunctionSDF ?? []).flatMap(({ fn_list }) => fn_list);
		expect(offered.filter(({ fn_name }) => !functions.has(fn_name))).toEqual([]);
	});

	test("has the models and features that devices' pages expect", () => {
		const model = (name: string) => data.DeviceModel?.find(({ dm_name }) => dm_name === name);
		expect(model("Remote_control")?.df_list).toHaveLength(47);
		expect(model("Remote_control")?.plural).toBe(true);
		expect(model("Smartphone")?.df_list).toContain("Acceleration-I");
		expect(model("Bulb")?.df_list).toEqual(["Color-O", "Luminance-O"]);
		expect(features.get("Color-I10")?.df_parameter).toHaveLength(3);
		expect(features.get("Geolocation-I")).toMatchObject({
			df_type: "input",
			df_parameter: [{ min: -90 }, { min: -180 }],
		});
		expect(features.get("A0-I")?.df_parameter).toEqual([{ param_type: "int", min: 0, max: 1023 }]);
	});

	test("is counted and listed for the documentation", () => {
		const { counts, models } = describeSeedData();
		expect(counts).toBe("36 models, 162 features, 28 functions");
		expect(models).toContain("`Message`: Name-O1 … 9");
	});

	test("has functions that do what their names say", () => {
		const calls: Readonly<Record<string, readonly (readonly [readonly unknown[], unknown])[]>> = {
			all: [
				[
					[1, [2, 3]],
					[1, [2, 3]],
				],
			],
			average: [[[1, 2, 6], 3]],
			flip: [
				[[0, 0, -1], 1],
				[[0, 0, 1], 0],
			],
			flip_light: [
				[[0, 0, 1], 0],
				[[0, 0, -1], 1],
				[[0, 0, -1], 1],
				[[0, 0, 1], 1],
				[[0, 0, -1], 0],
			],
			"larger than": [
				[[2, 1], 1],
				[[1, 2], 0],
			],
			max: [[[3, 9, 4], 9]],
			max_index: [[[3, 9, 4], 2]],
			min: [[[3, 9, 4], 3]],
			min_index: [[[3, 9, 4], 1]],
			product: [[[3, 9, 4], 108]],
			scalar: [[[2, 3, 6], 7]],
			shake_shake: [
				[[1, 2], 0],
				[[3, 1], 3],
			],
			sum: [[[3, 9, 4], 16]],
			switch: [
				[[1], 1],
				[[1], 1],
				[[0], 1],
				[[1], 0],
			],
			x2: [[[3, 9, 4], 9]],
			x32: [[[[1], [2], [3, 4]], 4]],
		};
		const names = Object.keys(calls);
		const results = runPython(
			names.map((name) => ({
				code: functions.get(name)?.code ?? "",
				calls: (calls[name] ?? []).map(([args]) => args),
			})),
		);
		expect(Object.fromEntries(names.map((name, index) => [name, results[index]]))).toEqual(
			Object.fromEntries(names.map((name) => [name, (calls[name] ?? []).map(([, out]) => out)])),
		);
		expect([...functions.keys()].filter((name) => !/^x\d+$/.test(name)).sort()).toEqual(
			names.filter((name) => !/^x\d+$/.test(name)).sort(),
		);
	});
});
