// A class of phones at three nodes of a cluster, of which two are killed: the one that has devices, then the one that also
// has the project manager.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { randomUUID } from "node:crypto";
import type { Browser } from "puppeteer-core";
import { PROJECTS } from "../../src/cluster/partition-of.ts";
import type { ProjectDocument } from "../../src/contract/mod.ts";
import { launchChromium } from "../support/chromium.ts";
import { ClassPhone } from "../support/class-phone.ts";
import { TestCluster } from "../support/cluster-target.ts";
import { postgresForAll } from "../support/databases.ts";
import { EditorPage, WIDTHS } from "../support/editor.ts";
import { TestDevice } from "../support/gateway.ts";
import { meets } from "../support/meets.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { RestClient } from "../support/rest-client.ts";
import { story } from "../support/story.ts";
import { startWithCcm, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS, TEST_MS, until } from "../support/waiting.ts";

const LEASE_S = 2;
const SEATS = 40;
/** Less often than a device may send. */
const AGAIN_MS = 100;
const COLOUR = "Color-I1";
const NODES = ["a", "b", "c"];
const canRun = hasPostgres() && hasProgram("mosquitto") && hasProgram("chromium");

describe.skipIf(!canRun)("a class at three nodes", () => {
	const postgres = postgresForAll();
	let cluster: TestCluster;
	/** The one that phones ask for everything. */
	let c: Target;
	let browser: Browser;
	let ann: RestClient;
	let lesson: Lesson;
	let lamp: Lamp;
	let code: string;
	/** A real page, of a device of b's. */
	let page: EditorPage;
	const phones: ClassPhone[] = [];
	beforeAll(async () => {
		cluster = await TestCluster.make(postgres.server, startWithCcm, LEASE_S);
		await cluster.add("a");
		await cluster.settled("a");
		[, c] = await Promise.all([cluster.add("b"), cluster.add("c")]);
		await cluster.settled(...NODES);
		browser = await launchChromium();
		ann = await RestClient.patient(c.http);
		lesson = await Lesson.open(ann);
		lamp = await Lamp.open(c, lesson);
	}, TEST_MS);
	afterAll(async () => {
		await Promise.all(phones.map((phone) => phone.leave()));
		await lamp?.end();
		await browser?.close();
		await cluster.dispose();
	}, TEST_MS);

	const step = story("goes on");
	const projects = async () => (await cluster.owners()).get(PROJECTS);
	const phonesOf = async (node: string) => {
		const owners = await Promise.all(phones.map(({ id }) => cluster.ownerOf(id)));
		return phones.filter((_, n) => owners[n] === node);
	};
	const join = async () => phones.push(await ClassPhone.join(c.http, code));
	/** Values of all phones reach the lamp. */
	const allPlay = async (phase: number) => {
		for (const [n, phone] of phones.entries()) {
			await until(() => phone.isLinked(COLOUR), `the stream of phone ${n}`, {
				ms: LONG_DEADLINE_MS,
			});
			await lamp.hears([n, phase, 1], (colour) => phone.send(COLOUR, colour));
		}
	};
	/** A finger on the page's colours changes the lamp. */
	const pagePlays = async () => {
		await page.page.waitForFunction(
			() => document.querySelector("[role=status]")?.textContent === "Connected",
			{ timeout: LONG_DEADLINE_MS },
		);
		await lamp.hearsOther(() => touch(page));
	};

	step("phones join through one node, and their devices are those of all", async () => {
		expect(await projects()).toBe("a");
		code = await lesson.invite();
		do await join();
		while (
			phones.length < SEATS - 1 &&
			!(await Promise.all(NODES.map(phonesOf))).every((own) => own.length > 0)
		);
		const counts = (await Promise.all(NODES.map(phonesOf))).map((own) => own.length);
		expect(Math.min(...counts)).toBeGreaterThan(0);
		await lesson.run();
		await allPlay(1);
	});

	step("one of them is a page", async () => {
		const [phone] = await phonesOf("b");
		if (phone === undefined) throw new Error("b has no phone");
		await phone.leave();
		phones.splice(phones.indexOf(phone), 1);
		page = await pageOf(browser, phone);
		await pagePlays();
	});

	step(
		"a node with devices is killed: its phones come back by themselves, the others notice nothing",
		async () => {
			const others = [...(await phonesOf("a")), ...(await phonesOf("c"))];
			const before = others.map(({ streams }) => streams);
			await cluster.kill("b");
			await pagePlays();
			await allPlay(2);
			await cluster.settled("a", "c");
			expect(await projects()).toBe("a");
			expect(others.map(({ streams }) => streams)).toEqual(before);
		},
	);

	step("so do they when the node with the project manager is killed", async () => {
		const others = await phonesOf("c");
		const before = others.map(({ streams }) => streams);
		await cluster.kill("a");
		const [phone] = others;
		expect((await phone?.browser.get(`/da/${phone.id}`))?.status).toBe(200);
		await pagePlays();
		await allPlay(3);
		await cluster.settled("c");
		expect(others.map(({ streams }) => streams)).toEqual(before);
	});

	step(
		"all have the seats they had, by the same code others join, and who is removed is told",
		async () => {
			const told = await Promise.all(phones.map((phone) => phone.info()));
			expect(told.map(({ status }) => status)).toEqual(phones.map(() => 200));
			expect(new Set(told.map(({ body }) => body.seat)).size).toBe(phones.length);
			await join();
			await allPlay(4);
			const [out, gone] = phones.splice(0, 2);
			const seat = (await out?.info())?.body.seat;
			await ann.ok("DELETE", `${lesson.block}/seats/${seat}`);
			await until(() => out?.isRemoved === true, "the phone to be told", { ms: LONG_DEADLINE_MS });
			expect(await out?.info()).toMatchObject({ status: 410, body: { why: "removed" } });
			// An administrator's program takes out another one.
			await deregister(c, gone?.id ?? "");
			await until(
				async () => (await lesson.taken()) === phones.length + 1,
				"the seats of both to be free",
				{ ms: LONG_DEADLINE_MS },
			);
		},
	);
});

/** A project in which each phone of a class gives a lamp its colour. */
class Lesson {
	private constructor(
		readonly ann: RestClient,
		readonly pId: number,
		/** Of phones, and the lamp. */
		readonly doIds: readonly [number, number],
	) {}

	static async open(ann: RestClient): Promise<Lesson> {
		const pId = Number((await ann.ok("PUT", "/project", { p_name: "Class lamp" })).p_id);
		const lesson = new Lesson(ann, pId, [0, 0]);
		await lesson.change(
			await lesson.#newBlock("Remote_control", COLOUR),
			await lesson.#newBlock("Bulb", "Color-O"),
		);
		const { blocks } = await lesson.document();
		const dfo_ids = blocks.map(({ ports }) => ports[0]?.dfo_id);
		await lesson.change({ kind: "add_join", na_name: "Class", na_idx: 0, dfo_ids });
		const [phones, lamp] = blocks.map(({ do_id }) => do_id);
		return new Lesson(ann, pId, [phones ?? 0, lamp ?? 0]);
	}

	get block(): string {
		return `/api/v1/projects/${this.pId}/blocks/${this.doIds[0]}`;
	}

	async invite(): Promise<string> {
		const { code } = await this.ann.ok("POST", `${this.block}/invitation`, { seats: SEATS });
		const { joins } = await this.document();
		await this.change({ kind: "set_crowd_rule", na_id: joins[0]?.na_id, crowd: "each" });
		return String(code);
	}

	run(): Promise<void> {
		return this.change({ kind: "set_status", status: "on" });
	}

	async taken(): Promise<number> {
		return Number((await this.ann.ok("GET", `${this.block}/invitation`)).taken);
	}

	async document(): Promise<ProjectDocument> {
		return (await this.ann.ok("GET", `/api/v1/projects/${this.pId}`)).project as ProjectDocument;
	}

	async change(...changes: readonly object[]): Promise<void> {
		const { rev: base_rev } = await this.document();
		await this.ann.ok("POST", `/api/v1/projects/${this.pId}/changes`, { base_rev, changes });
	}

	async #newBlock(model: string, feature: string) {
		const { data } = await this.ann.ok("GET", `/devicemodel/${model}`);
		const { dm_id, df_list } = data as {
			dm_id: number;
			df_list: { df_id: number; df_name: string }[];
		};
		const df_ids = df_list.flatMap(({ df_id, df_name }) => (df_name === feature ? df_id : []));
		return { kind: "add_block", dm_id, df_ids };
	}
}

/** What phones change. */
class Lamp {
	readonly #shown: string[] = [];

	private constructor(readonly device: TestDevice) {
		void this.#show();
	}

	static async open(at: Target, lesson: Lesson): Promise<Lamp> {
		const device = await TestDevice.register(at, {
			...{ name: `Bulb ${randomUUID()}`, idf_list: null },
			...{ odf_list: [["Color-O", [null, null, null]]], profile: { model: "Bulb" } },
		});
		await device.say("online");
		const bulb = `/project/${lesson.pId}/deviceobject/${lesson.doIds[1]}`;
		await lesson.ann.bind(bulb, device);
		return new Lamp(device);
	}

	/** A colour that is sent again and again comes: links are made, and move, while it is. */
	hears(colour: readonly number[], send: (colour: readonly number[]) => Promise<void>) {
		const text = JSON.stringify(colour);
		return this.#sees(
			() => send(colour),
			(shown) => shown.includes(text),
			text,
		);
	}

	/** Something comes of what is done again and again. */
	hearsOther(act: () => Promise<void>): Promise<void> {
		const before = this.#shown.length;
		return this.#sees(act, (shown) => shown.length > before, "another colour");
	}

	end(): Promise<void> {
		return this.device.client.end();
	}

	#sees(act: () => Promise<void>, isSo: (shown: readonly string[]) => boolean, what: string) {
		return until(
			async () => {
				await act();
				await Bun.sleep(AGAIN_MS);
				return isSo(this.#shown);
			},
			`the lamp to show ${what}`,
			{ ms: LONG_DEADLINE_MS, seen: () => this.#shown.slice(-3).join() },
		);
	}

	/** On the topic it is told of. */
	async #show(): Promise<void> {
		const { client } = this.device;
		const topic = String((await this.device.signal(true, TEST_MS)).topic);
		client.raw.on("message", (on, payload) => on === topic && this.#shown.push(String(payload)));
		await client.subscribe(topic);
	}
}

/** The page of a phone that has joined, in a browser. */
async function pageOf(browser: Browser, phone: ClassPhone): Promise<EditorPage> {
	const { base, cookies } = phone.browser;
	const tab = await EditorPage.open(browser, "", { base, at: "/join", width: WIDTHS.phone });
	const { hostname: domain } = new URL(base);
	for (const [key, { value, path }] of cookies) {
		const [name = ""] = key.split(" ", 1);
		await tab.page.browserContext().setCookie({ name, value, domain, path });
	}
	await tab.page.goto(`${base}/da/${phone.id}`);
	return tab;
}

/** A finger on the colours, each time somewhere else. */
async function touch({ page }: EditorPage): Promise<void> {
	const isTouched = async () => {
		const field = await page.waitForSelector(".colours");
		await field?.scrollIntoView();
		const box = await field?.boundingBox();
		if (!field || !box) throw new Error("the page has no colours");
		const [x, y] = [Math.random(), Math.random()];
		const at = [box.x + x * box.width, box.y + y * box.height] as const;
		return meets(page, field, () => page.touchscreen.tap(...at));
	};
	await until(isTouched, "a touch of the colours", { ms: LONG_DEADLINE_MS });
}

/** As an administrator does it. */
async function deregister({ http }: Target, id: string): Promise<void> {
	const shown = (await (await fetch(`${http}/${id}`)).json()) as { rev: string };
	const { status } = await fetch(`${http}/${id}`, {
		method: "DELETE",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ rev: shown.rev }),
	});
	expect(status).toBe(200);
}
