import { expect, test } from "bun:test";
import { ends } from "../../../src/ccm/invitations/invitation-view.ts";

test("what is left is told in seconds as well, for clocks that are wrong", () => {
	expect(ends(90_400, 1_000_000)).toEqual({ until: 1090.4, left_s: 91 });
	expect(ends(0, 1_000_000)).toEqual({ until: null, left_s: 0 });
	expect(ends(-5000, 1_000_000)).toEqual({ until: null, left_s: 0 });
});
