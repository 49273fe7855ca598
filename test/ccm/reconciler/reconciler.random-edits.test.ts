import { describe, expect, test } from "bun:test";
import { expectGraphs } from "../support/expect-graphs.ts";
import { Random } from "../support/random.ts";
import { EditedProject } from "../support/random-edits.ts";
import { Rig, wanted } from "../support/rig.ts";

const EDITS = 1200;

describe.each([
	["ours", false],
	["the original's", true],
])("two people's edits at a CSM of %s kind", (_name, original) => {
	test.each([1, 2, 3])("end as wanted, whatever is lost on the way (seed %d)", async (seed) => {
		const random = new Random(seed * 97);
		const rig = new Rig({ original });
		const people = [new EditedProject(random, 1), new EditedProject(random, 2)];
		const fates = ["request lost", "answer lost"] as const;
		rig.fate = () => (random.chance(4) ? (random.pick(fates) ?? "answered") : "answered");
		for (const person of people) rig.update(person);
		rig.directory.attach();
		for (let edit = 1; edit <= EDITS; edit++) {
			const person = random.pick(people) ?? people[0];
			if (person === undefined) break;
			person.edit();
			rig.update(person);
			if (random.chance(20)) await new Promise((resolve) => setImmediate(resolve));
			if (random.chance(1)) {
				// The original forgets all and tells no one; ours keeps all and tells every client.
				if (original) rig.model.forget();
				else rig.directory.attach();
			}
			if (random.chance(2)) {
				rig.restart(() => {
					for (const one of people) rig.update(one);
				});
			}
			if (edit % 40 !== 0) continue;
			rig.fate = () => "answered";
			await rig.settle();
			const desired = people.flatMap(wanted);
			// A CSM that lost everything and was not asked since may be found out by the next question.
			if (original) rig.directory.attach();
			await rig.settle();
			expectGraphs(rig.model, desired);
			rig.takeOps();
			for (const one of people) rig.update(one);
			await rig.settle();
			expect(rig.takeOps()).toEqual([]);
			rig.fate = () => (random.chance(4) ? (random.pick(fates) ?? "answered") : "answered");
		}
		rig.reconciler.stop();
	});
});
