import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { ConfigError, visible } from "../../kit/mod.ts";
import type { GlobalOptions } from "../options.ts";
import { print } from "../output.ts";
import { say } from "../read-config.ts";
import { table } from "../table.ts";
import { readOutline } from "./outline.ts";
import { ProjectServer } from "./server.ts";

/** Which project is meant, and how it is shown. */
export interface ProjectOptions {
	/** Name of its owner. */
	readonly owner?: string;
	readonly json?: boolean;
}

const Copies = Type.Array(
	Type.Object({ p_name: Type.String(), u_name: Type.String(), is_new: Type.Boolean() }),
);

/** `iotctl project list`. @throws NotRunning, ConfigError */
export async function listProjects(
	options: GlobalOptions,
	{ owner, json = false }: ProjectOptions,
): Promise<void> {
	const projects = await ProjectServer.find(options).list(owner);
	if (json) return print(`${JSON.stringify(projects, null, 2)}\n`);
	const rows = projects.map(({ p_id, p_name, u_name, status }) => [
		String(p_id),
		p_name,
		u_name ?? "-",
		status,
	]);
	print(`${table([["ID", "NAME", "OWNER", "STATE"], ...rows])}\n`);
}

/** `iotctl project show NAME`. @throws NotRunning; ConfigError when it is none or several. */
export async function showProject(
	options: GlobalOptions,
	name: string,
	{ owner, json = false }: ProjectOptions,
): Promise<void> {
	const server = ProjectServer.find(options);
	const outline = await readOutline(server, await server.project(name, owner));
	if (json) return print(`${JSON.stringify(outline, null, 2)}\n`);
	const { p_id, p_name, u_name, status, objects, joins } = outline;
	const models = new Map(objects.map(({ do_id, dm_name }) => [do_id, dm_name]));
	const names = new Map(
		objects.flatMap(({ features }) => features.map((one) => [one.dfo_id, one.alias_name])),
	);
	const ends = (side: readonly { do_id: number; dfo_id: number }[]) =>
		side.map(({ do_id, dfo_id }) => `${models.get(do_id)}/${names.get(dfo_id)}`).join(", ");
	const objectRows = objects.map(({ dm_name, seats, devices, features }) => [
		dm_name,
		seats === null
			? (devices[0]?.d_name ?? devices[0]?.mac_addr ?? "-")
			: `${devices.length} of ${seats}`,
		`${devices.filter((device) => device.status === "online").length} online`,
		features.map(({ alias_name }) => alias_name).join(", "),
	]);
	const joinRows = joins.map((join) => [
		join.na_name,
		ends(join.inputs),
		join.function ?? "-",
		ends(join.outputs),
	]);
	const parts = [
		`${visible(p_name)} (${p_id}) of ${visible(u_name ?? "no one")}, ${status}`,
		table([["OBJECT", "DEVICE", "STATE", "FEATURES"], ...objectRows]),
		table([["JOIN", "INPUTS", "FUNCTION", "OUTPUTS"], ...joinRows]),
	];
	print(`${parts.join("\n\n")}\n`);
}

/** `iotctl project on|off NAME`. @throws NotRunning; ConfigError when it is none or several. */
export async function switchProject(
	options: GlobalOptions,
	name: string,
	status: "on" | "off",
	{ owner }: ProjectOptions,
): Promise<void> {
	const server = ProjectServer.find(options);
	const { p_id, p_name } = await server.project(name, owner);
	await server.ask("POST", `/api/v0/project/${p_id}`, { status });
	print(`Project ${visible(p_name)} is ${status}.\n`);
}

/** What `iotctl project copy` makes. */
export interface CopyOptions extends ProjectOptions {
	/** One for each student it is shared with. */
	readonly forMembers?: boolean;
}

/**
 * `iotctl project copy NAME [NEW]`.
 * @throws NotRunning; ConfigError when the words do not fit together, or the server refuses: then nothing was made.
 */
export async function copyProject(
	options: GlobalOptions,
	name: string,
	newName: string | undefined,
	{ owner, forMembers = false, json = false }: CopyOptions,
): Promise<void> {
	if (forMembers === (newName !== undefined)) {
		throw new ConfigError("give the name of the copy, or --for-members for one per student");
	}
	const server = ProjectServer.find(options);
	const { p_id, p_name } = await server.project(name, owner);
	const path = `/api/v0/project/${p_id}/copy`;
	if (newName !== undefined) {
		const made = await server.ask("POST", path, { p_name: newName });
		if (json) return print(`${JSON.stringify(made, null, 2)}\n`);
		return say(
			options,
			`Copied ${visible(p_name)} to ${visible(newName)}: it is off and has no devices. See: iotctl project list\n`,
		);
	}
	const { copies } = await server.ask("POST", `${path}/members`);
	if (json) return print(`${JSON.stringify(copies, null, 2)}\n`);
	print(membersText(p_name, Value.Check(Copies, copies) ? copies : []));
}

function membersText(
	p_name: string,
	copies: readonly { readonly p_name: string; readonly u_name: string; readonly is_new: boolean }[],
): string {
	const made = copies.filter(({ is_new }) => is_new);
	const there = copies.length - made.length;
	const before =
		there === 0
			? ""
			: `; ${there === 1 ? "1 student has one" : `${there} students have one`} already`;
	const lines = made.map(
		(one) => `  ${visible(one.p_name)} (${visible(one.u_name)} may edit it)\n`,
	);
	return `${visible(p_name)}: made ${made.length === 1 ? "1 copy" : `${made.length} copies`}${before}.\n${lines.join("")}`;
}
