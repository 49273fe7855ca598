// Two people edit their projects while answers get lost, and CCM and CSM are killed at random moments: in the end CSM
// has what is wanted, and nothing is left to do. IOTCTL_RESTARTS sets how often one of them is killed (npm run test:ccm:
// 300), IOTCTL_SEED what happens.
import { afterEach, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { desiredGraphs } from "../../src/ccm/plan/desired.ts";
import type { GraphSpec } from "../../src/ccm/plan/graph-spec.ts";
import { nameOfKey } from "../../src/ccm/plan/operations.ts";
import { type CcmLife, startCcm } from "../ccm/support/ccm-life.ts";
import { expectGraphs } from "../ccm/support/expect-graphs.ts";
import { heldBy } from "../ccm/support/held-by.ts";
import { Office } from "../ccm/support/office.ts";
import { isBroken, MODELS, PeopleEdits } from "../ccm/support/people-edits.ts";
import { Random } from "../ccm/support/random.ts";
import { ServedModel } from "../csm-client/support/served-model.ts";
import { body, call } from "../support/gateway.ts";
import { startBinary, type Target } from "../support/target.ts";
import { ENDURANCE_MS, until } from "../support/waiting.ts";

const RESTARTS = Number(process.env.IOTCTL_RESTARTS ?? 20);
const SEED = Number(process.env.IOTCTL_CCM_SEED ?? Math.floor(Math.random() * 2 ** 31));
const EDITS_PER_LIFE = 75;
/** Of a hundred messages of the graph API. */
const LOST = 2;
/** An answer that takes longer counts as lost. */
const TIMEOUT_MS = 3000;

/** What all projects want. */
async function wanted(office: Office, people: PeopleEdits): Promise<GraphSpec[]> {
	const functions = await office.store.read((tables) => tables.functions.list());
	const documents = await Promise.all(people.projects.map((pId) => people.document(pId)));
	return documents.flatMap((document) =>
		document === undefined
			? []
			: desiredGraphs(document, (id) => {
					const fn = functions.find(({ fn_id }) => fn_id === id);
					return fn && { ...fn, code: fn.versions.at(-1)?.code ?? "" };
				}),
	);
}

/** Losses on the way, while they are wanted. */
function lose({ rig }: CcmLife, random: Random): void {
	rig.mqtt.loses = ({ topic }) => topic.includes("/graph/") && random.chance(LOST);
}

/** Another pass over all projects has nothing to do. */
async function expectNoOperations(ccm: CcmLife, people: PeopleEdits): Promise<void> {
	ccm.rig.takeOps();
	for (const pId of people.projects) ccm.driver.changed(pId);
	await ccm.settle();
	expect(ccm.rig.takeOps()).toEqual({});
}

/** Links that Python refuses have its words, all others run. */
function expectStates(ccm: CcmLife, people: PeopleEdits, specs: readonly GraphSpec[]): void {
	const states = people.projects.flatMap((pId) => ccm.rig.reconciler.states(pId));
	for (const { graph, links } of specs) {
		const state = states.find((one) => one.graph === graph);
		for (const { key, func } of links) {
			const { state: found, ...why } = state?.links.get(nameOfKey(key)) ?? { state: "missing" };
			if (!isBroken(func)) expect([nameOfKey(key), found]).toEqual([nameOfKey(key), "running"]);
			else
				expect([found, JSON.stringify(why)]).toEqual([
					"failed",
					expect.stringContaining("SyntaxError"),
				]);
		}
	}
}

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end();
});

describe(`two people's edits (IOTCTL_CCM_SEED=${SEED})`, () => {
	test(
		`are at our CSM after ${RESTARTS} kills of either side`,
		async () => {
			console.log(`edits, losses and kills by IOTCTL_CCM_SEED=${SEED}`);
			const random = new Random(SEED);
			const school = await School.open(random);
			const { office, people } = school;
			let ccm = await startCcm(school.target.mqtt, office, "ccm", TIMEOUT_MS);
			ends.push(() => ccm.kill());
			await until(() => school.isKnown(), "all devices");
			for (let life = 1; life <= RESTARTS; life++) {
				lose(ccm, random);
				const killAt = random.below(EDITS_PER_LIFE);
				for (let edit = 0; edit < EDITS_PER_LIFE; edit++) {
					await people.edit();
					if (random.chance(4)) await school.replaceDevice();
					if (random.chance(30)) await Bun.sleep(random.below(30));
					if (edit !== killAt) continue;
					if (life % 2 === 0) await school.killCsm();
					else {
						await ccm.kill();
						// Work goes on while it is away.
						for (let more = random.below(8); more > 0; more--) await people.edit();
						ccm = await startCcm(school.target.mqtt, office, "ccm", TIMEOUT_MS);
						lose(ccm, random);
					}
				}
				ccm.rig.mqtt.loses = () => false;
				await ccm.settle();
				const specs = await wanted(office, people);
				const held = await heldBy(school.target, "ccm");
				expectGraphs(held, specs, isBroken);
				expectStates(ccm, people, specs);
				await expectNoOperations(ccm, people);
			}
			console.log(
				`${RESTARTS} kills, ${people.count.done} edits, ${people.count.refused} more refused`,
			);
			expect(people.count.done).toBeGreaterThan(RESTARTS * 50);
		},
		ENDURANCE_MS,
	);

	test(
		"are at a CSM of the original's kind, whatever it forgets",
		async () => {
			const random = new Random(SEED);
			const served = await ServedModel.start({ original: true });
			ends.push(() => served.end());
			const devices = Object.keys(MODELS).map((model) => [randomUUID(), model] as const);
			served.devices = Object.fromEntries(
				devices.map(([id, model]) => [id, { id, name: id, state: "online", profile: { model } }]),
			);
			const office = await Office.open(true, async () => undefined);
			const people = new PeopleEdits(office, random, () => devices.map(([id]) => id));
			await people.prepare();
			let ccm = await startCcm(served.url, office, "ccm", TIMEOUT_MS);
			ends.push(() => ccm.kill());
			const lives = Math.ceil(RESTARTS / 2);
			for (let life = 1; life <= lives; life++) {
				lose(ccm, random);
				for (let edit = 0; edit < EDITS_PER_LIFE; edit++) {
					await people.edit();
					if (random.chance(30)) await Bun.sleep(random.below(10));
					if (random.chance(1)) served.model.forget();
				}
				ccm.rig.mqtt.loses = () => false;
				await ccm.settle();
				// Nothing tells that it has forgotten all; the next question finds out.
				const resynced = ccm.rig.resynced();
				ccm.rig.mqtt.reconnect();
				await resynced;
				await ccm.settle();
				expectGraphs(served.model, await wanted(office, people));
				await expectNoOperations(ccm, people);
				if (life % 2 === 0) continue;
				// Nothing tells it what a program that was killed was about to remove: it ends between two edits.
				await ccm.kill();
				ccm = await startCcm(served.url, office, "ccm", TIMEOUT_MS);
			}
		},
		ENDURANCE_MS,
	);
});

/** A CSM that can be killed, devices at it, and the people's projects. */
class School {
	readonly #devices = new Map<string, { rev: string; model: string }>();

	private constructor(
		public target: Target,
		readonly office: Office,
		readonly people: PeopleEdits,
	) {}

	static async open(random: Random): Promise<School> {
		const target = await startBinary({ log: { level: "warn" } });
		// Sources are kept unchecked, as where the workbench is off.
		const office = await Office.open(true, async () => undefined);
		const people = new PeopleEdits(office, random, () => [...school.#devices.keys()]);
		const school: School = new School(target, office, people);
		ends.push(() => school.target.dispose());
		for (const model of Object.keys(MODELS)) {
			for (let count = 0; count < 2; count++) await school.#register(model);
		}
		await people.prepare();
		return school;
	}

	/** Whether CCM knows all devices. */
	async isKnown(): Promise<boolean> {
		const known = await this.office.store.read(({ devices }) => devices.list());
		const macs = new Set(known.map(({ mac_addr }) => mac_addr));
		return [...this.#devices.keys()].every((id) => macs.has(id));
	}

	/** SIGKILL, and the same again with its database. */
	async killCsm(): Promise<void> {
		this.target.process?.kill("SIGKILL");
		this.target = await this.target.restart();
	}

	/** A device deregisters, and another one comes: bindings of the first go. */
	async replaceDevice(): Promise<void> {
		const [[id, { rev, model }] = ["", { rev: "", model: "" }]] = this.#devices;
		this.#devices.delete(id);
		const { status } = await call(this.target, "DELETE", `/${id}`, { rev });
		expect(status).toBe(200);
		await this.#register(model);
	}

	async #register(model: string): Promise<void> {
		const id = randomUUID();
		const { json } = await call(this.target, "PUT", `/${id}`, body({ profile: { model } }));
		this.#devices.set(id, { rev: String(json.rev), model });
	}
}
