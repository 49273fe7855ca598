import { expect, test } from "bun:test";
import { Keyed } from "../../../../src/web/editor/project/keyed.ts";

test("readers of a key hear of it from before it is there until after it is gone", () => {
	const keyed = new Keyed<number>();
	const heard: (number | undefined)[] = [];
	const end = keyed.of("a").subscribe((value) => heard.push(value));
	keyed.set("b", 1);
	keyed.set("a", 2);
	keyed.keep((key) => key === "b");
	end();
	expect(heard).toEqual([undefined, 2, undefined]);
	expect([keyed.get("a"), keyed.get("b"), keyed.get("c")]).toEqual([undefined, 1, undefined]);
});
