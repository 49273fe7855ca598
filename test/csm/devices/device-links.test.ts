import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LinkKey } from "../../../src/contract/mod.ts";
import { DeviceLinks } from "../../../src/csm/devices/device-links.ts";
import type { Attachment } from "../../../src/csm/devices/signals.ts";
import type { CsmStore } from "../../../src/csm/store/csm-store.ts";
import type { Store } from "../../../src/store/store.ts";
import { openCsmStore } from "../../support/csm-store.ts";
import { listenedLog } from "../../support/log.ts";

let userdir: string;
let store: Store;
let csm: CsmStore;
/** What devices have been told of, and in which order. */
let events: string[];
let linked: Map<string, Attachment>;
/** Devices whose rights have ended here. */
let forgotten: string[];
let links: DeviceLinks;
/** Another node says that the links of a device have changed. */
let tell: (daId: string) => Promise<void>;
const logged = listenedLog();

beforeEach(() => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-device-links-"));
	({ store, csm } = openCsmStore(userdir));
	events = [];
	linked = new Map();
	forgotten = [];
	const attach = (key: LinkKey, topic: string) => linked.set(nameOf(key), { key, topic });
	links = new DeviceLinks({
		store: csm,
		partitions: {
			onLinksChanged: (look) => {
				tell = look;
			},
		},
		signals: {
			linksOf: (daId) => [...linked.values()].filter(({ key }) => key.daId === daId),
			forget: (isGone) => {
				for (const [name, { key }] of linked) if (isGone(key.daId)) linked.delete(name);
			},
			repeat: (isWanted) => {
				events.push(`repeat ${["d", "e"].filter(isWanted)}`);
			},
		},
		effects: {
			attach: async (key, topic) => {
				attach(key, topic);
				events.push(`attach ${nameOf(key)} ${topic}`);
			},
			restore: (key, topic) => {
				attach(key, topic);
				events.push(`restore ${nameOf(key)} ${topic}`);
			},
			detach: async (key) => {
				linked.delete(nameOf(key));
				events.push(`detach ${nameOf(key)}`);
			},
			forget: (isGone) => {
				forgotten.push(...["d", "e"].filter(isGone));
			},
		},
		log: logged.log,
	});
	links.start();
});
afterEach(async () => {
	await links.stop();
	await store.close();
	rmSync(userdir, { recursive: true });
});

const keyOf = (daId: string, feature: string): LinkKey => ({ daId, mode: "idf", feature });
const nameOf = ({ daId, feature }: LinkKey) => `${daId}.${feature}`;
/** Stores a link, as the node of its graph does. */
const link = (daId: string, feature: string, topic: string) =>
	csm.write((rows) => rows.links.claimTopic(keyOf(daId, feature), topic));
const unlink = (daId: string, feature: string) =>
	csm.write((rows) => rows.links.freeTopic(keyOf(daId, feature)));

test("a device is told what has changed, however often and late that is said", async () => {
	await link("d", "a", "t1");
	await link("d", "b", "t2");
	await link("e", "a", "t3");
	await Promise.all([tell("d"), tell("d")]);
	expect(events).toEqual(["attach d.a t1", "attach d.b t2"]);
	await unlink("d", "a");
	await link("d", "c", "t4");
	await tell("d");
	expect(events.slice(2)).toEqual(["detach d.a", "attach d.c t4"]);
	await tell("d");
	expect(events.length).toBe(4);
});

test("a feature that has another topic by now ends with the one it had, first", async () => {
	await link("d", "a", "t1");
	await tell("d");
	await unlink("d", "a");
	await link("d", "a", "t2");
	await tell("d");
	expect(events.slice(1)).toEqual(["detach d.a", "attach d.a t2"]);
});

test("devices that are taken over have the links that are stored, and are told of them once more", async () => {
	await link("d", "a", "t1");
	await link("e", "a", "t2");
	await links.adopt((daId) => daId === "e");
	expect(events).toEqual(["restore e.a t2", "repeat e"]);
	links.drop((daId) => daId === "e");
	expect([...linked]).toEqual([]);
	expect(forgotten).toEqual(["e"]);
});

test("what is said of a device that is left meanwhile changes nothing here", async () => {
	await link("d", "a", "t1");
	const looked = tell("d");
	links.drop((daId) => daId === "d");
	await looked;
	expect([events, [...linked]]).toEqual([[], []]);
	// It is this node's again.
	await tell("d");
	expect(events).toEqual(["attach d.a t1"]);
});

test("a database that does not answer is named, and no one waits for it", async () => {
	await store.close();
	await tell("d");
	expect(
		await logged.lines.take("a warning", (line) => line.includes("links of a device")),
	).toContain('"da_id":"d"');
});
