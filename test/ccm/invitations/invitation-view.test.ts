import { expect, test } from "bun:test";
import { ends } from "../../../src/ccm/invitations/invitation-view.ts";

test("what is left is told in seconds as well, for clocks that are wrong", () => {
	const none = { until: null, left_s: 0, mark: 0 };
	expect(ends(95_400, 5000, 1_000_000)).toEqual({ until: 1090.4, left_s: 91, mark: 95_400 });
	expect(ends(5000, 5000, 1_000_000)).toEqual(none);
	expect(ends(0, 5000, 1_000_000)).toEqual(none);
});
