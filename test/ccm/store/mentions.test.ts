import { expect, test } from "bun:test";
import { mentionsOf } from "../../../src/ccm/store/mentions.ts";
import { block, join, link, port, project, uuid } from "../support/documents.ts";

test("a document mentions its parts, and what it uses, once each", () => {
	const ports = [
		port({ dfo_id: 21, df_id: 31, df_name: "A-I" }),
		port({ dfo_id: 22, df_id: 31, df_name: "B-O" }),
	];
	const joins = [join(41, [link(21, 51, null), link(22, 51)], 52), join(42, [])];
	const blocks = [block(11, 1, ports), { ...block(12, 2, []), dm_id: 2 }];
	expect([...mentionsOf(project(blocks, joins)).keys()].sort()).toEqual(
		[
			...["do 11", "do 12", "dm 1", "dm 2", "dfo 21", "dfo 22", "df 31", "na 41", "na 42"],
			...["fn 51", "fn 52", `mac ${uuid(1)}`, `mac ${uuid(2)}`],
		].sort(),
	);
});
