// A CSM and a CCM, each a program of its own that can be killed, devices, and two people's projects.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { nameOfKey } from "../../src/ccm/plan/operations.ts";
import type { Port } from "../../src/contract/mod.ts";
import { CcmProgram } from "../ccm/support/ccm-program.ts";
import { PeopleEdits } from "../ccm/support/people-edits.ts";
import { RestProjectClient } from "../ccm/support/project-clients.ts";
import type { Random } from "../ccm/support/random.ts";
import { MODELS } from "../ccm/support/random-wishes.ts";
import { body, call } from "../support/gateway.ts";
import { LossyProxy } from "../support/lossy-proxy.ts";
import { startBinary, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const DEVICES_PER_MODEL = 2;

/** What changes nothing: pages look at values. */
const QUESTIONS = new Set(["get_graph", "start_monitor", "stop_monitor"]);

/** An operation CCM has asked CSM for. */
interface Asked {
	readonly graph: string;
	readonly op: string;
}

export class School {
	readonly #devices = new Map<string, { rev: string; model: string }>();
	readonly people: PeopleEdits;
	/** What CCM has published since the last look, without questions. */
	#asked: Asked[] = [];
	/** A project without devices: what is told to CSM after all others. */
	#marker = { p_id: 0, graph: "" };

	private constructor(
		public target: Target,
		readonly proxy: LossyProxy,
		readonly ccm: CcmProgram,
		public client: RestProjectClient,
		random: Random,
	) {
		this.people = new PeopleEdits(client, random, () => [...this.#devices.keys()]);
		proxy.onMessage = ({ topic, payload, isOwn }) => {
			const [, , , , service, graph = ""] = topic.split("/");
			if (!isOwn || service !== "graph") return;
			const { op } = JSON.parse(payload);
			if (!QUESTIONS.has(op)) this.#asked.push({ graph, op });
		};
	}

	/** @param ends Hears how to end what runs, one thing after another. */
	static async open(random: Random, ends: (() => Promise<unknown>)[]): Promise<School> {
		const target = await startBinary({ log: { level: "warn" } });
		ends.push(() => target.dispose());
		const proxy = await LossyProxy.start(Number(new URL(target.mqtt).port));
		ends.push(() => proxy.stop());
		const httpPort = Number(new URL(target.http).port);
		const ccm = await CcmProgram.start(join(target.userdir, "ccm"), proxy.port, httpPort);
		ends.push(() => ccm.dispose());
		const school = new School(target, proxy, ccm, await RestProjectClient.open(ccm.base), random);
		ends.push(() => school.target.stop());
		for (const model of Object.keys(MODELS)) {
			for (let count = 0; count < DEVICES_PER_MODEL; count++) await school.#register(model);
		}
		await school.people.prepare();
		await school.#makeMarker();
		return school;
	}

	/** SIGKILL, and the same again with its database. */
	async killCsm(): Promise<void> {
		this.target.process?.kill("SIGKILL");
		this.target = await this.target.restart();
	}

	/** The same; people log in again. */
	async killCcm(): Promise<void> {
		await this.ccm.restart();
		this.client = await RestProjectClient.open(this.ccm.base);
		this.people.moveTo(this.client);
	}

	/** A device deregisters, and another one comes: bindings of the first go. */
	async replaceDevice(): Promise<void> {
		const [[id, { rev, model }] = ["", { rev: "", model: "" }]] = this.#devices;
		this.#devices.delete(id);
		const { status } = await call(this.target, "DELETE", `/${id}`, { rev });
		if (status !== 200) throw new Error(`DELETE answered ${status}`);
		await this.#register(model);
		await until(async () => {
			const projects = await Promise.all(this.people.projects.map((p) => this.client.document(p)));
			const bound = projects.flatMap(({ blocks }) => blocks.flatMap(({ bindings }) => bindings));
			return bound.every(({ mac_addr }) => mac_addr !== id);
		}, "the bindings to go");
	}

	/** Waits until CSM has all that it takes of what was answered. */
	async settle(): Promise<void> {
		await this.#tellMarker();
	}

	/** Has all projects gone over once more. @returns what CSM is asked for meanwhile. */
	async passAgain(): Promise<readonly Asked[]> {
		const { people } = this.client;
		this.#asked = [];
		for (const { p_id, owner = people[0] } of this.people.owners) {
			const { status } = await this.client.document(p_id);
			await this.client.call("update_project", owner, { p_id, status });
		}
		return this.#tellMarker();
	}

	/**
	 * How far each link of people's projects has come: its graph, its key's name, and Python's words against it.
	 */
	async progress() {
		const projects = await Promise.all(
			this.people.owners.map(({ p_id, owner }) =>
				this.client.progress(owner ?? this.client.people[0], p_id),
			),
		);
		return projects.flatMap(({ document, links }) => {
			const places = new Map(
				document.blocks.flatMap(({ ports, bindings: [bound] }) =>
					ports.map((port) => [port.dfo_id, nameOf(port, bound?.mac_addr)] as const),
				),
			);
			return links.flatMap(({ na_id, links: of }) =>
				of.map(({ dfo_id, state, reason = "" }) => ({
					...{ graph: String(na_id), name: places.get(dfo_id) ?? "", state, reason },
				})),
			);
		});
	}

	/** Links that do not run, and what both sides have logged: for a test that has failed. */
	async describe(): Promise<string> {
		const links = (await this.progress()).filter(({ state }) => state !== "running");
		const logs = [this.ccm.log(), this.target.log()].map((log) => log.slice(-3000));
		return [...links.map((link) => JSON.stringify(link)), ...logs].join("\n");
	}

	/**
	 * CCM tells CSM of one changed project after another: when CSM has heard of this one, it has of all before.
	 * @returns what CSM was asked for on behalf of the others, since the last look.
	 */
	async #tellMarker(): Promise<readonly Asked[]> {
		const { p_id, graph } = this.#marker;
		for (const [status, sign] of [
			["on", "attach"],
			["off", "detach"],
		] as const) {
			const isTold = () => this.#asked.some((one) => one.graph === graph && one.op === sign);
			await this.client.call("update_project", this.client.people[0], { p_id, status });
			await until(isTold, `${sign} of the last project`, { ms: LONG_DEADLINE_MS });
			await this.ccm.settle(this.people.projects.length + 1);
		}
		return this.#asked.splice(0).filter((one) => one.graph !== graph);
	}

	async #makeMarker(): Promise<void> {
		const { client } = this;
		const [ann] = client.people;
		const make = async (name: string, input: object) =>
			Object(await client.call(name, ann, { ...input })) as Record<string, number>;
		const { p_id = 0 } = await make("create_project", { p_name: "marker" });
		const dm_id = await client.model("Dummy_Device");
		await make("create_device_object", { p_id, dm_id, df: MODELS.Dummy_Device });
		const { blocks } = await client.document(p_id);
		const dfo_ids = blocks.flatMap(({ ports }) => ports.map(({ dfo_id }) => dfo_id));
		const { na_id } = await make("create_na", { p_id, na_name: "J", na_idx: 0, dfo_ids });
		this.#marker = { p_id, graph: String(na_id) };
	}

	async #register(model: string): Promise<void> {
		const id = randomUUID();
		const { json } = await call(this.target, "PUT", `/${id}`, body({ profile: { model } }));
		this.#devices.set(id, { rev: String(json.rev), model });
	}
}

function nameOf({ df_type, df_name }: Port, daId = ""): string {
	return nameOfKey({ daId, mode: df_type === "input" ? "idf" : "odf", feature: df_name });
}
