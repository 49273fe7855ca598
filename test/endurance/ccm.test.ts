// Two people edit their projects while answers get lost, and CCM and CSM are killed at random moments: in the end CSM
// has what is wanted, and nothing is left to do. IOTCTL_RESTARTS sets how often one of them is killed (npm run test:ccm:
// 300), IOTCTL_CCM_SEED what happens.
import { afterEach, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { GraphSpec } from "../../src/ccm/plan/graph-spec.ts";
import { nameOfKey } from "../../src/ccm/plan/operations.ts";
import { type CcmLife, startCcm } from "../ccm/support/ccm-life.ts";
import { expectGraphs } from "../ccm/support/expect-graphs.ts";
import { heldBy } from "../ccm/support/held-by.ts";
import { Office } from "../ccm/support/office.ts";
import { PeopleEdits } from "../ccm/support/people-edits.ts";
import { ServiceClient } from "../ccm/support/project-clients.ts";
import { Random } from "../ccm/support/random.ts";
import { isBroken, MODELS } from "../ccm/support/random-wishes.ts";
import { ServedModel } from "../csm-client/support/served-model.ts";
import { ENDURANCE_MS } from "../support/waiting.ts";
import { School } from "./school.ts";

const RESTARTS = Number(process.env.IOTCTL_RESTARTS ?? 20);
const SEED = Number(process.env.IOTCTL_CCM_SEED ?? Math.floor(Math.random() * 2 ** 31));
const EDITS_PER_LIFE = 75;
/** Of a hundred messages of the graph API. */
const LOST = 2;
/** Each lost answer is waited for: one life of so many has losses. */
const LIVES_PER_LOSSY = 4;
/** An answer that takes longer counts as lost. */
const TIMEOUT_MS = 3000;
/** Longest time a server is left with requests before it is killed. */
const KILL_WITHIN_MS = 12;

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
async function expectStates(school: School, specs: readonly GraphSpec[]): Promise<void> {
	const progress = await school.progress();
	for (const { graph, links } of specs) {
		for (const { key, func } of links) {
			const name = nameOfKey(key);
			const found = progress.find((one) => one.graph === graph && one.name === name);
			const { state, reason } = found ?? { state: "missing", reason: "" };
			if (!isBroken(func)) expect([name, state, reason]).toEqual([name, "running", ""]);
			else expect([state, reason]).toEqual(["failed", expect.stringContaining("SyntaxError")]);
		}
	}
}

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end();
});

describe(`two people's edits (IOTCTL_CCM_SEED=${SEED})`, () => {
	test(
		`are at our CSM after ${RESTARTS} kills of either side, and none that was answered is lost`,
		async () => {
			console.log(`edits, losses and kills by IOTCTL_CCM_SEED=${SEED}`);
			const random = new Random(SEED);
			const school = await School.open(random, ends);
			const { people, proxy } = school;
			for (let life = 1; life <= RESTARTS; life++) {
				const isLossy = life % LIVES_PER_LOSSY === 0;
				proxy.loses = ({ topic }) => isLossy && topic.includes("/graph/") && random.chance(LOST);
				await editOverKill(school, random, life % 2 === 0 ? "csm" : "ccm");
				proxy.loses = () => false;
				await school.settle();
				const specs = await people.wanted();
				try {
					expectGraphs(await heldBy(school.target, "ccm"), specs, isBroken);
					await expectStates(school, specs);
					expect(await school.passAgain()).toEqual([]);
				} catch (error) {
					console.log(`after life ${life}: ${await school.describe()}`);
					throw error;
				}
				if (life % 20 === 0) console.log(`${life} kills; edits: ${JSON.stringify(people.count)}`);
			}
			expect(people.count.done).toBeGreaterThan(RESTARTS * 50);
			// Else no kill has met a request.
			expect(people.count.unanswered).toBeGreaterThan(0);
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
			const people = new PeopleEdits(new ServiceClient(office), random, () =>
				devices.map(([id]) => id),
			);
			await people.prepare();
			let ccm = await startCcm(served.url, office, "ccm", TIMEOUT_MS);
			ends.push(() => ccm.kill());
			const lives = Math.ceil(RESTARTS / 2);
			for (let life = 1; life <= lives; life++) {
				lose(ccm, random);
				const killAt = random.below(EDITS_PER_LIFE);
				for (let edit = 0; edit < EDITS_PER_LIFE; edit++) {
					await people.edit();
					if (random.chance(30)) await Bun.sleep(random.below(10));
					if (random.chance(1)) served.model.forget();
					if (edit !== killAt) continue;
					await ccm.kill();
					ccm = await startCcm(served.url, office, "ccm", TIMEOUT_MS);
					lose(ccm, random);
				}
				ccm.rig.mqtt.loses = () => false;
				await ccm.settle();
				// Nothing tells that it has forgotten all; the next question finds out.
				const resynced = ccm.rig.resynced();
				ccm.rig.mqtt.reconnect();
				await resynced;
				await ccm.settle();
				expectGraphs(served.model, await people.wanted());
				await expectNoOperations(ccm, people);
			}
		},
		ENDURANCE_MS,
	);
});

/** Edits with a kill somewhere among them, some of them at the same time. */
async function editOverKill(school: School, random: Random, side: "csm" | "ccm"): Promise<void> {
	const { people } = school;
	const killAt = random.below(EDITS_PER_LIFE);
	for (let edit = 0; edit < EDITS_PER_LIFE; edit++) {
		await Promise.all(random.chance(20) ? [people.edit(), people.edit()] : [people.edit()]);
		// What CSM says while CCM is away is not heard.
		if (edit < killAt && random.chance(4)) await school.replaceDevice();
		if (random.chance(30)) await Bun.sleep(random.below(30));
		if (edit !== killAt) continue;
		await people.editsOverKill(async () => {
			await Bun.sleep(random.below(KILL_WITHIN_MS));
			await (side === "csm" ? school.killCsm() : school.killCcm());
		});
	}
}
