import { expect, test } from "bun:test";
import { type DeviceNews, KEPT_MS, RecentNews } from "../../../src/csm/devices/recent-news.ts";
import { storedDevice } from "../../support/csm-store.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const news = (id: string): DeviceNews => ({
	type: "online",
	device: storedDevice(id),
	reason: undefined,
});
const idsOf = (recent: RecentNews) => recent.all().map(({ device }) => device.id);

test("what has happened lately is there in order, and is forgotten after twice the time", () => {
	const clock = new ManualClock();
	const recent = new RecentNews(clock);
	recent.add(news("a"));
	clock.move(KEPT_MS - 1);
	recent.add(news("b"));
	clock.move(KEPT_MS - 1);
	recent.add(news("c"));
	expect(idsOf(recent)).toEqual(["a", "b", "c"]);
	clock.move(KEPT_MS);
	expect(idsOf(recent)).toEqual(["c"]);
	clock.move(2 * KEPT_MS);
	expect(idsOf(recent)).toEqual([]);
});

test("a storm is kept for less long, the newest of it", () => {
	const recent = new RecentNews(new ManualClock());
	for (let n = 0; n < 45_000; n++) recent.add(news(String(n)));
	const ids = idsOf(recent);
	expect(ids.length).toBe(15_000);
	expect(ids.at(-1)).toBe("44999");
});
