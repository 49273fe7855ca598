import { expect, test } from "bun:test";
import { bytesOf, DONE, jsonReply, PREFLIGHT, refusal } from "../../../src/csm/v1/replies.ts";

test("an answer has a reason, a length in just this spelling, and CORS", () => {
	const text = bytesOf(DONE, true).toString();
	expect(text).toStartWith("HTTP/1.1 200 OK\r\n");
	for (const line of [
		"Content-Length: 0",
		"Access-Control-Allow-Origin: *",
		"Connection: keep-alive",
	])
		expect(text).toContain(`\r\n${line}\r\n`);
	expect(bytesOf(jsonReply({ a: "溫" }), false).toString()).toEndWith('\r\n\r\n{"a":"溫"}\n');
	expect(bytesOf(PREFLIGHT, true).toString()).toContain("PASSWORD-KEY");
});

test("a refusal repeats what was asked, and no browser runs it", () => {
	const text = bytesOf(refusal(400, "df_name not found: <script>"), true).toString();
	expect(text).toEndWith("\r\n\r\ndf_name not found: <script>");
	expect(text).toContain("Content-Security-Policy: default-src 'none'; sandbox\r\n");
	expect(text).toContain("X-Content-Type-Options: nosniff\r\n");
});
