// What a person may not do by changes of a document, though the document would allow it.
import type { Block, Change, ChangeOf, ProjectDocument } from "../../contract/mod.ts";
import { badRequest, Refusal } from "../projects/refusal.ts";
import { projectFor } from "./access.ts";
import { candidatesFor } from "./candidates-for.ts";
import type { Call } from "./operation.ts";
import { checkFunctions } from "./params.ts";
import { checkProjectName } from "./project-names.ts";

/** Kinds that bring back what was there, with its ids: only the server knows what that was. */
export const ISSUED_ONLY = ["set_ports", "restore_block", "restore_join", "restore_link"] as const;

type IssuedOnly = ChangeOf<(typeof ISSUED_ONLY)[number]>;

/** @throws Refusal when a change is not this person's to make. */
export async function checkChanges(
	call: Call,
	project: ProjectDocument,
	changes: readonly Change[],
): Promise<void> {
	const forged = changes.find(isIssuedOnly);
	try {
		if (forged !== undefined) {
			throw new Refusal(
				400,
				`changes with \`${forged.kind}\` are taken only as an \`inverse\` that was answered to you in this project`,
				"changes",
			);
		}
		await checkEach(call, project, changes, false);
	} catch (error) {
		// A person's steps may be many megabytes: they are read only where they make a difference.
		if (!(error instanceof Refusal) || !(await wasIssued(call, project, changes))) throw error;
		await checkEach(call, project, changes, true);
	}
}

/** The same of what the server itself brings back for this person. @throws Refusal */
export async function checkIssuedChanges(
	call: Call,
	project: ProjectDocument,
	changes: readonly Change[],
): Promise<void> {
	await checkEach(call, project, changes, true);
}

async function checkEach(
	call: Call,
	project: ProjectDocument,
	changes: readonly Change[],
	isIssued: boolean,
): Promise<void> {
	for (const [index, change] of changes.entries()) {
		try {
			await checkChange(call, project, change, isIssued);
		} catch (error) {
			throw error instanceof Refusal ? error.inList(index) : error;
		}
	}
}

function isIssuedOnly(change: Change): change is IssuedOnly {
	return ISSUED_ONLY.some((kind) => kind === change.kind);
}

/** Whether the server gave these changes to this person, all of them in this order. */
async function wasIssued(
	{ tables, person }: Call,
	{ p_id }: ProjectDocument,
	changes: readonly Change[],
): Promise<boolean> {
	const steps = await tables.undo.list({ p_id, u_id: person.u_id });
	return steps.some(({ inverse }) => Bun.deepEquals(inverse, changes));
}

async function checkChange(
	call: Call,
	project: ProjectDocument,
	change: Change,
	isIssued: boolean,
): Promise<void> {
	switch (change.kind) {
		case "rename_project":
			await projectFor(call, project.p_id, "own");
			if (change.p_name !== project.p_name) await checkProjectName(call, change.p_name, project);
			return;
		case "bind": {
			const block = project.blocks.find(({ do_id }) => do_id === change.do_id);
			if (block !== undefined) await checkBinding(call, project, block, change.mac_addr, isIssued);
			return;
		}
		case "set_seats":
			if (!isIssued) checkSeats(call, change.seats);
			return;
		case "restore_block":
			for (const { mac_addr } of change.block.bindings) {
				await checkBinding(call, project, change.block, mac_addr, isIssued);
			}
			return;
		case "set_join_function":
		case "set_link_param":
			if (!isIssued) await checkFunctions(call, project, [change.fn_id]);
	}
}

/** @throws Refusal 400: a crowd would have more devices than this server allows. */
export function checkSeats({ rules }: Pick<Call, "rules">, seats: number | null): void {
	const { maxSeats } = rules;
	if (seats === null || seats <= maxSeats) return;
	badRequest(
		`a Device Object has at most ${maxSeats} seats, not ${seats} (max-seats in [gui])`,
		"seats",
	);
}

/**
 * A binding that is brought back may be to a device CSM does not know now, not to one that is another person's by now.
 * @throws Refusal 404, as for a device that does not exist.
 */
async function checkBinding(
	call: Call,
	project: ProjectDocument,
	block: Block,
	macAddr: string,
	isIssued: boolean,
): Promise<void> {
	const mac = macAddr.toLowerCase();
	const candidates = await candidatesFor(call, project, block);
	if (candidates.some(({ mac_addr }) => mac_addr === mac)) return;
	const isUnknown = (await call.tables.devices.list({ mac_addr: mac })).length === 0;
	if (!(isIssued && isUnknown)) throw new Refusal(404, "unknown mac_addr", "mac_addr");
}
