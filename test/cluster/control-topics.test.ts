import { describe, expect, test } from "bun:test";
import {
	handedFilter,
	handedTopic,
	messageIdOf,
	originalTopic,
	partitionOfControl,
} from "../../src/cluster/control-topics.ts";
import { partitionOf } from "../../src/cluster/partition-of.ts";
import { topicMatches } from "../../src/kit/topic-filters.ts";

const PARTITIONS = 64;
const DEVICE = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d";
const of = (topic: string, payload = "") =>
	partitionOfControl(topic, new TextEncoder().encode(payload), PARTITIONS);

describe("the router hands on", () => {
	test("presence to the device's partition, however its id is written", () => {
		const wanted = partitionOf(DEVICE, PARTITIONS);
		expect(of(`${DEVICE}/ctrl/i`, '{"state":"online","rev":"r"}')).toBe(wanted);
		expect(of(`${DEVICE.toUpperCase()}/ctrl/i`)).toBe(wanted);
	});

	test("requests of a graph to the graph's, and all others of a client to the client's", () => {
		expect(of("iottalk/api/req/lab/graph/lights")).toBe(partitionOf("lab/lights", PARTITIONS));
		for (const rest of ["lab/device", "lab", "lab/graph", "lab/graph/", "lab/client/x"]) {
			expect(of(`iottalk/api/req/${rest}`)).toBe(partitionOf("lab", PARTITIONS));
		}
		expect(of("iottalk/api/req/")).toBe(partitionOf("", PARTITIONS));
	});

	test("an answer to the partition that sent the signal", () => {
		for (const partition of [0, 7, 63]) {
			const id = messageIdOf(partition, crypto.randomUUID());
			expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-/);
			expect(of(`${DEVICE}/ctrl/i`, JSON.stringify({ state: "ok", msg_id: id }))).toBe(partition);
		}
	});

	test("an answer no one waits for to the device's, whatever it is", () => {
		const wanted = partitionOf(DEVICE, PARTITIONS);
		for (const payload of [
			'{"state":"ok","msg_id":7}',
			'{"state":"ok","msg_id":"fff is not ours"}',
			'{"state":"ok","msg_id":"?"}',
			'{"state":"ok","msg_id":',
			'["msg_id","001"]',
			'"msg_id"',
			"null",
			`{"x":"${"x".repeat(70_000)}","msg_id":"001"}`,
			"\u00ff\u0000",
		]) {
			expect(of(`${DEVICE}/ctrl/i`, payload)).toBe(wanted);
		}
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
		expect(originalTopic(handed)).toBe(topic);
	}
	for (const topic of ["iottalk/part/12", "iottalk/part/12/", "iottalk/esm/12/x"]) {
		expect(originalTopic(topic)).toBeUndefined();
	}
});
