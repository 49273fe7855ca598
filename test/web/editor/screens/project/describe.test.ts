import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Change } from "../../../../../src/contract/mod.ts";
import {
	describeChange,
	describeChanges,
	describeKinds,
} from "../../../../../src/web/editor/screens/project/describe.ts";
import { language } from "../../../../../src/web/editor/texts/texts.ts";
import { loadAllTexts } from "../../support/words.ts";

beforeAll(loadAllTexts);

const NAMES: Readonly<Record<string, string>> = {
	"block/4": "Lamp",
	"port/9": "Color",
	"join/7": "dim",
};
const names = { nameOf: (kind: string, id: number) => NAMES[`${kind}/${id}`] };
afterAll(() => {
	language.value = "en";
});

const SAYS: readonly (readonly [Change, string, string])[] = [
	[{ kind: "set_status", status: "off" }, "paused the project", "暫停專案"],
	[{ kind: "remove_block", do_id: 4 }, "removed the block “Lamp”", "移除方塊「Lamp」"],
	[{ kind: "add_link", na_id: 7, dfo_id: 9 }, "linked “Color” to “dim”", "將「Color」連到「dim」"],
	[
		{ kind: "remove_link", na_id: 8, dfo_id: 9 },
		"removed the link of “Color” to “(removed)”",
		"移除「Color」與「（已移除）」的連線",
	],
	[{ kind: "rename_join", na_id: 7, na_name: "x" }, "renamed a join to “x”", "將連接改名為「x」"],
];

test("changes are told in both languages, also of what is gone", () => {
	for (const [change, en, zh] of SAYS) {
		language.value = "en";
		expect(describeChange(change, names)).toBe(en);
		language.value = "zh";
		expect(describeChange(change, names)).toBe(zh);
	}
});

test("many changes are told as three, each once", () => {
	language.value = "en";
	const kinds = ["remove_join", "set_join_function", "remove_join"] as const;
	const changes = kinds.map(
		(kind): Change =>
			kind === "remove_join" ? { kind, na_id: 7 } : { kind, na_id: 7, fn_id: null },
	);
	expect(describeChanges(changes, names)).toBe(
		"removed the join “dim”, changed the function of “dim”",
	);
	const many = [...SAYS.map(([change]) => change)];
	expect(describeChanges(many, names)).toEndWith("linked “Color” to “dim” …");
});

test("kinds alone are told without names, and those that say too little are not", () => {
	language.value = "en";
	expect(describeKinds("add_join, bind")).toBe("added the join “…”, bound a device to “…”");
	expect(describeKinds("set_status")).toBeUndefined();
	expect(describeKinds("…, constructor")).toBeUndefined();
});
