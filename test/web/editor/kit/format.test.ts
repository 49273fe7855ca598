import { describe, expect, test } from "bun:test";
import { formatAgo, formatNumber } from "../../../../src/web/editor/kit/format.ts";

const NOW = Date.UTC(2026, 0, 1);

describe("figures in the reader's words", () => {
	test.each([
		[0, "now", "現在"],
		[59, "59 seconds ago", "59 秒前"],
		[60, "1 minute ago", "1 分鐘前"],
		[119 * 60, "1 hour ago", "1 小時前"],
		[86_400, "yesterday", "昨天"],
		[400 * 86_400, "last year", "去年"],
	])("%d seconds ago", (seconds, en, zh) => {
		expect(formatAgo(NOW - seconds * 1000, NOW, "en")).toBe(en);
		expect(formatAgo(NOW - seconds * 1000, NOW, "zh-Hant")).toBe(zh);
	});

	test("a clock that is ahead of the server's makes no nonsense", () => {
		expect(formatAgo(NOW + 300, NOW, "en")).toBe("now");
	});

	test("numbers have at most so many places", () => {
		expect([formatNumber(1234.56789, 2, "en"), formatNumber(2, 2, "en")]).toEqual([
			"1,234.57",
			"2",
		]);
	});
});
