import { describe, expect, test } from "bun:test";
import {
	detachTopic,
	deviceOfLinks,
	graphOfDetach,
	handedFilter,
	handedTopic,
	isControl,
	linksTopic,
	partitionOfControl,
	readHanded,
} from "../../src/cluster/control-topics.ts";
import { partitionOf } from "../../src/cluster/partition-of.ts";
import { topicMatches } from "../../src/kit/topic-filters.ts";

const PARTITIONS = 64;
const DEVICE = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d";
const ANY_GRAPH = detachTopic({ client: "+", graph: "+" });
const of = (topic: string) => partitionOfControl(topic, PARTITIONS);

describe("the router hands on", () => {
	test("what a device says to its own partition, however its id is written", () => {
		const wanted = partitionOf(DEVICE, PARTITIONS);
		expect(of(`${DEVICE}/ctrl/i`)).toBe(wanted);
		expect(of(`${DEVICE.toUpperCase()}/ctrl/i`)).toBe(wanted);
	});

	test("requests of a graph to the graph's, and all others of a client to the client's", () => {
		expect(of("iottalk/api/req/lab/graph/lights")).toBe(partitionOf("lab/lights", PARTITIONS));
		for (const rest of ["lab/device", "lab", "lab/graph", "lab/graph/", "lab/client/x"]) {
			expect(of(`iottalk/api/req/${rest}`)).toBe(partitionOf("lab", PARTITIONS));
		}
		expect(of("iottalk/api/req/")).toBe(partitionOf("", PARTITIONS));
	});

	test("nothing else", () => {
		for (const topic of ["iottalk/esm/3/x", `${DEVICE}/ctrl/o`, "iottalk/part/3/a/ctrl"]) {
			expect(of(topic)).toBeUndefined();
		}
	});
});

test("a partition hears what is handed to it under the topic it came on", () => {
	for (const topic of [`${DEVICE}/ctrl/i`, "iottalk/api/req/lab/graph/", "iottalk/api/req/"]) {
		const handed = handedTopic(12, topic);
		expect(topicMatches(handedFilter(12), handed)).toBe(true);
		expect(topicMatches(handedFilter(1), handed)).toBe(false);
		expect(readHanded(handed)).toEqual({ topic, handed: undefined });
		for (const isRepeated of [true, false]) {
			const mark = { mark: "7-12", packetId: 65_535, isRepeated, isStored: false };
			const marked = handedTopic(12, topic, mark);
			expect(topicMatches(handedFilter(12), marked)).toBe(true);
			expect(readHanded(marked)).toEqual({ topic, handed: mark });
			// What RabbitMQ would deliver as `/`.
			expect(marked).not.toContain(".");
		}
	}
	for (const rest of [
		"12",
		"12/",
		"12/-",
		"12/-/",
		"12/a/b",
		"x/-/a",
		"12/7-12/a",
		"12/7.12.1/a",
		"12/7-12-1x/a",
	]) {
		expect(readHanded(`iottalk/part/${rest}`)).toBeUndefined();
	}
	expect(readHanded("iottalk/esm/12/x")).toBeUndefined();
});

test("control messages are those that are handed", () => {
	for (const filter of ["+/ctrl/i", "iottalk/api/req/+/graph/+", linksTopic("+"), ANY_GRAPH]) {
		expect(isControl(filter)).toBe(true);
	}
	for (const filter of ["iottalk/esm/3/+", "iottalk/api/res/#", "a/ctrl/o"]) {
		expect(isControl(filter)).toBe(false);
	}
	expect(deviceOfLinks(linksTopic(DEVICE))).toBe(DEVICE);
	for (const graph of ["lights", ""]) {
		const key = { client: "lab", graph };
		expect(graphOfDetach(detachTopic(key))).toEqual(key);
		expect(topicMatches(ANY_GRAPH, detachTopic(key))).toBe(true);
	}
});
