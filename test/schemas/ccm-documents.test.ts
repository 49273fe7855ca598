import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { ChangeSetSchema, ProjectDocumentSchema } from "../../src/contract/mod.ts";
import { block, join, link, port, project, uuid } from "../ccm/support/documents.ts";

describe("documents of projects", () => {
	const ports = [
		port({ dfo_id: 1, df_name: "溫度-I", alias_name: "教室" }),
		port({ dfo_id: 2, df_name: "B-O" }),
	];
	const good = project([block(1, 7, ports)], [join(1, [link(1), link(2, 5)], 9)]);

	test("may carry names of any language", () => {
		expect([...Value.Errors(ProjectDocumentSchema, good)]).toEqual([]);
	});

	test.each([
		["a name of 300 characters", { ...good, p_name: "n".repeat(300) }],
		["no name", { ...good, p_name: "" }],
		["a status of its own", { ...good, status: "maybe" }],
		["an id that is text", { ...good, p_id: "1" }],
		["a device's id in capitals", project([block(1, 7, ports)].map(inCapitals), [])],
	])("are refused with %s", (_what, document) => {
		expect(Value.Check(ProjectDocumentSchema, document)).toBe(false);
	});
});

describe("sets of changes", () => {
	const accepts = (change: unknown) =>
		Value.Check(ChangeSetSchema, { base_rev: 3, changes: [change] });

	test.each([
		[{ kind: "set_status", status: "on" }],
		[{ kind: "bind", do_id: 4, mac_addr: uuid(1) }],
		[{ kind: "add_join", na_name: "J", na_idx: 0, dfo_ids: [1, 2, 3] }],
		[{ kind: "set_link_param", na_id: 1, dfo_id: 2, param_i: 0, fn_id: null }],
		[{ kind: "restore_join", join: join(3, [link(1), link(2)]), at: 0 }],
	])("take %j", (change) => {
		expect(accepts(change)).toBe(true);
	});

	test.each([
		[{ kind: "fly" }],
		[{ kind: "set_status", status: "on", more: 1 }],
		[{ kind: "bind", do_id: 4, mac_addr: "me" }],
		[{ kind: "add_join", na_name: "J", na_idx: 0, dfo_ids: [1] }],
		[{ kind: "set_link_param", na_id: 1, dfo_id: 2, param_i: -1 }],
		[{ kind: "set_alias", dfo_id: 1, alias_name: "n".repeat(300) }],
	])("refuse %j", (change) => {
		expect(accepts(change)).toBe(false);
	});
});

function inCapitals<T>(value: T): T {
	return JSON.parse(JSON.stringify(value).replaceAll(uuid(7), uuid(7).replace("8", "A")));
}
