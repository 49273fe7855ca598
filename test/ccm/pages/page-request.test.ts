import { expect, test } from "bun:test";
import { readRequest } from "../../../src/ccm/pages/page-request.ts";

test("half a surrogate pair in a page's request is U+FFFD", () => {
	const text = '{"op":"create_project","data":{"p_name":"\\ud800"}}';
	const data = { p_name: "\ufffd" };
	expect(readRequest(Buffer.from(text))).toEqual({ op: "create_project", data });
});
