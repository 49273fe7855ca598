import { expect, test } from "bun:test";
import { FeatureLinks } from "../../../src/csm/http-devices/feature-links.ts";
import type { MessageHandler } from "../../../src/mqtt/mod.ts";
import { quietLog, recordedLog } from "../../support/log.ts";

const IDF = { daId: "d", mode: "idf", feature: "f" } as const;
const ODF = { daId: "d", mode: "odf", feature: "f" } as const;
const MESSAGE = { topic: "t", qos: 0 as const, clientId: null, user: null, connection: null };

function linksOf(refuses = false, log = quietLog) {
	const told: string[] = [];
	const handlers = new Map<string, MessageHandler>();
	const links = new FeatureLinks({
		broker: {
			subscribe: async (topic, handler) => {
				if (refuses) throw new Error("not allowed");
				handlers.set(topic, handler);
				return async () => void handlers.delete(topic);
			},
		},
		onLinked: (feature, isLinked) => told.push(`${feature} ${isLinked ? "linked" : "unlinked"}`),
		onValue: (feature, text) => told.push(`${feature}=${text}`),
		log,
	});
	return { links, told, handlers };
}

test("a feature that is input and output has one name, and is linked while either is", async () => {
	const { links, told, handlers } = linksOf();
	await links.add(IDF, "in");
	await links.add(ODF, "out");
	expect([links.names, links.topicOf("f"), [...handlers.keys()]]).toEqual([["f"], "in", ["out"]]);
	await links.remove(IDF);
	expect(told).toEqual(["f linked"]);
	await links.remove(ODF);
	expect([told, links.names, handlers.size]).toEqual([["f linked", "f unlinked"], [], 0]);
});

test("values are told as they come, and those that lay retained are not", async () => {
	const { links, told, handlers } = linksOf();
	await links.add(ODF, "out");
	const payload = Buffer.from("[1]");
	handlers.get("out")?.({ ...MESSAGE, payload, retained: true });
	handlers.get("out")?.({ ...MESSAGE, payload, retained: false });
	expect(told).toEqual(["f linked", "f=[1]"]);
});

test("another topic takes the place of the first", async () => {
	const { links, told, handlers } = linksOf();
	await links.add(ODF, "one");
	await links.add(ODF, "one");
	await links.add(ODF, "two");
	await links.remove({ ...ODF, feature: "unknown" });
	expect([[...handlers.keys()], told]).toEqual([["two"], ["f linked"]]);
	await links.close();
	expect([handlers.size, links.names]).toEqual([0, []]);
});

test("a broker that refuses a topic is named in the log, and nothing else fails", async () => {
	const { log, lines } = recordedLog("devices");
	const { links, told } = linksOf(true, log);
	await links.add(ODF, "out");
	await links.remove(ODF);
	expect(told).toEqual(["f linked", "f unlinked"]);
	expect(lines.join("")).toContain("not allowed");
});
