import { describe, expect, test } from "bun:test";
import {
	aliasesIn,
	checkIn,
	OldError,
	readBody,
	readProfile,
	shownProfile,
	storedProfile,
} from "../../../src/csm/v1/profile.ts";
import { storedDevice } from "../../support/csm-store.ts";

const read = (value: unknown) => {
	const text = typeof value === "string" ? value : JSON.stringify(value);
	return readProfile(readBody(Buffer.from(text)));
};

function refusalOf(value: unknown): string | undefined {
	try {
		read(value);
		return undefined;
	} catch (error) {
		return error instanceof OldError ? `${error.status} ${error.message}` : String(error);
	}
}

const profile = (fields: object = {}) => ({
	profile: { dm_name: "m", is_sim: false, df_list: ["a"], ...fields },
});
const NOT_JSON = "400 argument is not in JSON format";

describe("v1-http.md §2 a registration is refused in the original's words", () => {
	test.each([
		["", NOT_JSON],
		["nonsense", NOT_JSON],
		["{}", NOT_JSON],
		["[1]", NOT_JSON],
		["5", NOT_JSON],
		[`{"profile":${"[".repeat(5000)}`, NOT_JSON],
		[{ profil: {} }, "400 profile dictionary is not given"],
		[{ profile: [] }, "400 profile dictionary is not given"],
		[{ profile: {} }, "400 dm_name not in profile"],
		[{ profile: { dm_name: "m" } }, "400 df_list not in profile"],
		[profile({ d_name: 5 }), "400 d_name format error"],
		[profile({ dm_name: 5 }), "400 dm_name format error"],
		[profile({ is_sim: "yes" }), "400 is_sim format error"],
		[profile({ df_list: "a" }), "400 df_list format error"],
		[profile({ df_list: ["a", 5] }), "400 df_list format error"],
		[
			profile({ df_list: Array(257).fill("a") }),
			"413 at most 256 features with names of at most 128 bytes",
		],
		[
			profile({ df_list: ["溫".repeat(43)] }),
			"413 at most 256 features with names of at most 128 bytes",
		],
	])("%j", (value, words) => expect(refusalOf(value)).toBe(words));

	test("bytes that are not a text", () => {
		expect(() => readBody(Buffer.from([0x7b, 0xff, 0x7d]))).toThrow("not in JSON format");
	});
});

test("what may be missing is, and what means nothing is left out", () => {
	const { name, model, features, directions, stored } = read({
		profile: {
			dm_name: "m",
			df_list: ["b", "a", "b"],
			u_name: "yb",
			x: 1.0,
			idf_list: [["b", ["m"]]],
		},
	});
	expect([name, model, features]).toEqual([null, "m", ["b", "a", "b"]]);
	expect(directions).toEqual({ inputs: ["b"], outputs: [] });
	expect(stored).toMatchObject({ is_sim: false, u_name: null, x: 1 });
	expect(read(profile({ d_name: " d1 ", u_name: "ann" }))).toMatchObject({
		name: "d1",
		stored: { u_name: "ann" },
	});
	expect(read(profile({ d_name: "" })).name).toBeNull();
	expect(read('{"profile":{"dm_name":"m","df_list":[],"x":NaN}}').stored.x).toBeNull();
});

test("a device gets back what it said, with its name, and nothing the server keeps beside", () => {
	const own = { mac: "M", check: "7c", alias: { a: "desk" } };
	const device = {
		...storedDevice("d"),
		token: null,
		profile: storedProfile(read(profile()), own),
	};
	expect(device.profile).toMatchObject({ model: "m", mac_addr: "M", v1: true, v1_check: "7c" });
	expect(shownProfile(device)).toEqual({
		...{ dm_name: "m", is_sim: false, df_list: ["a"], u_name: null, d_name: "n" },
		min_max: { a: [] },
	});
	expect([checkIn(device.profile), aliasesIn(device.profile)]).toEqual(["7c", { a: "desk" }]);
	expect([checkIn({}), aliasesIn({ v1_alias: { a: 5 } })]).toEqual(["", {}]);
	const aliases = aliasesIn({ v1_alias: { a: "desk" } });
	expect(["constructor", "toString"].map((feature) => aliases[feature] ?? feature)).toEqual([
		"constructor",
		"toString",
	]);
});
