import { expect, test } from "bun:test";
import { indexV2, projectFile } from "../../../src/ccm/v2/project-file.ts";
import type { V2Data } from "../../../src/ccm/v2/v2-tables.ts";

const nothing = {
	...{ User: [], Unit: [], Tag: [], Function: [], FunctionVersion: [], FunctionSDF: [] },
	...{ DM_DF: [], DM_DF_Tag: [], DF_Parameter: [], Device: [], MultipleJoin_Module: [] },
};

test("rows that refer to what is not there are no part of a project, and are named", () => {
	const project = { p_id: 1, p_name: "p", u_id: 1, status: "on", sim: "off" };
	const data: V2Data = {
		...nothing,
		Project: [project],
		DeviceFeature: [
			{ df_id: 1, df_name: "A-I", df_type: "input", df_category: "", param_no: 1, comment: null },
		],
		DeviceModel: [{ dm_id: 1, dm_name: "M", plural: 0, device_only: null }],
		DeviceObject: [1, 9].map((dm_id) => ({ do_id: dm_id, dm_id, p_id: 1, d_id: null })),
		DFObject: [1, 9].map((df_id) => ({ dfo_id: df_id, do_id: 1, df_id, alias_name: "a" })),
		NetworkApplication: [{ na_id: 1, na_name: "J", na_idx: 0, p_id: 1 }],
		DF_Module: [1, 9].map((dfo_id) => ({
			...{ na_id: 1, dfo_id, param_i: 0, idf_type: "sample", fn_id: null },
			...{ min: 0, max: 0, normalization: 0 },
		})),
	};
	const left: string[] = [];
	const file = projectFile(
		project,
		indexV2(data),
		() => null,
		(what, why) => left.push(`${what}: ${why}`),
	);
	expect(file.project).toEqual({
		p_name: "p",
		DeviceObject: {
			1: { do_idx: 0, dm_name: "M", dfo: { 1: { df_name: "A-I", alias_name: "a" } } },
		},
		NetworkApplication: [],
	});
	expect(left).toEqual([
		"feature object 9: its feature 9 is not in the file",
		"device object 9: its model 9 is not in the file",
		'links of join "J": their feature objects are missing',
		'join "J": it does not link an input with an output',
	]);
});
