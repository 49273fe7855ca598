// What a broker asks that asks over HTTP (csm.md §8.1): who is known, what topics there are, and each broker's words.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestGraph } from "./gateway.ts";
import { ADMIN, type Login } from "./logins.ts";
import type { Target } from "./target.ts";

export const KEY = "a.key-of_the~broker-with-32-char";
export const TEACHER = { username: "teacher", password: "a long password" };
export const NOBODY = { username: "nobody", password: "a long password" };

export interface Known {
	readonly username: string;
	readonly password: string;
}

/** Who and what a server knows that is asked. */
export interface Cast {
	readonly mine: Login;
	readonly theirs: Login;
	readonly service: Known;
	/** Of linked features, such as `mine idf`. */
	readonly topics: Readonly<Record<string, string>>;
}

/** Links an input and an output of both devices. */
export async function linkBoth(graph: TestGraph, ids: readonly string[]): Promise<void> {
	await graph.ok({ op: "attach" });
	for (const id of ids) {
		await graph.ok({ op: "add_link", da_id: id, idf: "idf" });
		await graph.ok({ op: "add_link", da_id: id, odf: "odf" });
	}
}

export const PRINCIPALS: Record<string, (cast: Cast) => Known> = {
	"a device": ({ mine }) => mine,
	"the same device in capitals": ({ mine }) => ({
		...mine,
		username: mine.username.toUpperCase(),
	}),
	"another device": ({ theirs }) => theirs,
	"an administrator": () => ADMIN,
	"a teacher": () => TEACHER,
	"the project manager": ({ service }) => service,
	"no one known": () => NOBODY,
	"no name": () => ({ username: "", password: "" }),
};

/** A name stands for its login when topics are asked for: that it was right was asked before. */
export const IMPOSTORS: Record<string, (cast: Cast) => Known> = {
	"a device with another's password": ({ mine, theirs }) => ({
		...mine,
		password: theirs.password,
	}),
	"a device without its password": ({ mine }) => ({ ...mine, password: "" }),
	"a guess at the command line": () => ({ username: "local", password: "guess" }),
};

export const TOPICS: Record<string, (cast: Cast) => string> = {
	"own uplink": ({ mine }) => `${mine.id}/ctrl/i`,
	"own downlink": ({ mine }) => `${mine.id}/ctrl/o`,
	"own IDF": ({ topics }) => topics["mine idf"] ?? "",
	"own ODF": ({ topics }) => topics["mine odf"] ?? "",
	"another's uplink": ({ theirs }) => `${theirs.id}/ctrl/i`,
	"another's downlink": ({ theirs }) => `${theirs.id}/ctrl/o`,
	"another's IDF": ({ topics }) => topics["theirs idf"] ?? "",
	"another's ODF": ({ topics }) => topics["theirs odf"] ?? "",
	"a graph of ccm": () => "iottalk/api/req/ccm/graph/x",
	"a graph of others": () => "iottalk/api/req/gui/graph/x",
	"the device API": () => "iottalk/api/req/gui/device",
	"replies to ccm": () => "iottalk/api/res/ccm/graph/x",
	"replies to others": () => "iottalk/api/res/gui/graph/x",
	"requests of pages": () => "iottalk/api/gui/req/01234567-89ab-4def-8123-456789abcdef",
	monitor: () => "iottalk/monitor/x",
	"anything else": () => "some/topic",
	"upper case": ({ mine }) => `${mine.id.toUpperCase()}/ctrl/i`,
	"the broker's own": () => "$own/topic",
};

export const FILTERS: Record<string, (cast: Cast) => string> = {
	everything: () => "#",
	"all uplinks": () => "+/ctrl/i",
	"all downlinks": () => "+/ctrl/o",
	"own wildcard": ({ mine }) => `${mine.id}/#`,
	"all data": () => "iottalk/esm/#",
	"all data of one level": () => "iottalk/esm/+",
	"all monitors": () => "iottalk/monitor/+",
	"all pages": () => "iottalk/api/gui/req/+",
	"all of ccm": () => "iottalk/api/res/ccm/#",
	"a shared subscription": ({ topics }) => `$share/g/${topics["mine odf"]}`,
	"the broker's state": () => "$SYS/#",
};

export interface Told {
	readonly status: number;
	readonly type: string | null;
	readonly text: string;
}

/** Asks as a broker does: JSON, or a form. */
export async function ask(
	target: Pick<Target, "http">,
	path: string,
	question: Readonly<Record<string, unknown>> | URLSearchParams,
	headers: Readonly<Record<string, string>> = { authorization: `Bearer ${KEY}` },
): Promise<Told> {
	const isForm = question instanceof URLSearchParams;
	const response = await fetch(`${target.http}${path}`, {
		method: "POST",
		headers: { ...headers, ...(!isForm && { "content-type": "application/json" }) },
		body: isForm ? question : JSON.stringify(question),
	});
	const type = response.headers.get("content-type");
	return { status: response.status, type, text: await response.text() };
}

/** What a broker makes of an answer that is told by the status, or by the body of a 200. */
export function decided({ status, text }: Told, by: "status" | "body"): boolean {
	if (by === "status" && [200, 403].includes(status)) return status === 200;
	if (by === "body" && status === 200) {
		const word = text.startsWith("{") ? (JSON.parse(text) as { result: string }).result : text;
		if (["allow", "deny"].includes(word)) return word === "allow";
	}
	throw new Error(`not an answer: ${status} ${text}`);
}

export type Use = "publish" | "read" | "subscribe";

type Asks = (
	target: Pick<Target, "http">,
	name: string,
	use: Use,
	topic: string,
) => Promise<boolean>;

/** The same question in the words of each broker. */
export const FORMS: Record<string, Asks> = {
	"mosquitto-go-auth": async (target, username, use, topic) => {
		const acc = { read: 1, publish: 2, subscribe: 4 }[use];
		const asked = { username, topic, acc, clientid: "c" };
		return decided(await ask(target, "/mqtt/acl", asked), "status");
	},
	"mosquitto-go-auth with forms": async (target, username, use, topic) => {
		const acc = { read: "1", publish: "2", subscribe: "4" }[use];
		const form = new URLSearchParams({ username, topic, acc, clientid: "c" });
		return decided(await ask(target, `/mqtt/acl?key=${KEY}`, form, {}), "status");
	},
	EMQX: async (target, username, use, topic) => {
		const action = use === "publish" ? use : "subscribe";
		return decided(await ask(target, "/mqtt/acl", { username, topic, action }), "body");
	},
	RabbitMQ: async (target, username, use, topic) => {
		const routing_key = topic.replaceAll("/", ".").replaceAll("+", "*");
		const permission = use === "publish" ? "write" : "read";
		const asked = { username, vhost: "/", resource: "topic", name: "amq.topic" };
		const form = new URLSearchParams({ ...asked, permission, routing_key, tags: "" });
		return decided(await ask(target, `/mqtt/acl?key=${KEY}`, form, {}), "body");
	},
};

/** A file with the key in it. */
export function keyFile(): { readonly path: string; remove(): void } {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-key-"));
	const path = join(folder, "key");
	writeFileSync(path, `${KEY}\nnot this\n`);
	return { path, remove: () => rmSync(folder, { recursive: true }) };
}
