// The project manager of the running server, as the command line asks it: an administrator without an account.
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { RunInfo } from "../../daemon/mod.ts";
import { ConfigError } from "../../kit/mod.ts";
import type { GlobalOptions } from "../options.ts";
import { readUserdir } from "../read-config.ts";
import { fetchFrom, NotRunning, runningServer } from "../running.ts";

/** A function that comes along is checked by an engine, which may have to start first. */
const ANSWER_TIMEOUT_MS = 60_000;

const ProjectRows = Type.Array(
	Type.Object({
		p_id: Type.Integer(),
		p_name: Type.String(),
		u_id: Type.Integer(),
		u_name: Type.Union([Type.String(), Type.Null()]),
		status: Type.String(),
	}),
);
const Refused = Type.Object({ reason: Type.String() });

/** A project of the list. */
export interface ProjectRow {
	readonly p_id: number;
	readonly p_name: string;
	/** Of the owner. */
	readonly u_name: string | null;
	readonly status: string;
}

/** The project manager of a running server. */
export class ProjectServer {
	readonly #info: RunInfo;

	private constructor(info: RunInfo) {
		this.#info = info;
	}

	/** @throws NotRunning when no server runs; ConfigError when it has no projects. */
	static find(options: GlobalOptions): ProjectServer {
		const info = runningServer(readUserdir(options));
		if (info.servers.includes("ccm")) return new ProjectServer(info);
		throw new ConfigError(
			`the running server has no projects (it was started with: iotctl start ${info.servers.join(" ")})`,
		);
	}

	/** What the rest of the server says, if it serves devices and graphs too. */
	get csm(): RunInfo | undefined {
		return this.#info.servers.includes("csm") ? this.#info : undefined;
	}

	/**
	 * Asks it.
	 * @param path Such as `/api/v0/project/7`.
	 * @param body A form as it is, anything else as JSON.
	 * @throws ConfigError with its reason when it refuses; NotRunning when it does not answer.
	 */
	async ask(
		method: string,
		path: string,
		body?: object,
	): Promise<Readonly<Record<string, unknown>>> {
		const response = await fetchFrom(
			this.#info,
			path,
			{ method, ...sent(body) },
			ANSWER_TIMEOUT_MS,
		);
		const answer: unknown = await response.json().catch(() => undefined);
		if (response.ok && typeof answer === "object" && answer !== null) return { ...answer };
		if (Value.Check(Refused, answer)) throw new ConfigError(answer.reason);
		throw new NotRunning(
			`the program at ${this.#info.http}${path} is not an iotctl of this version`,
			4,
		);
	}

	/** All projects, or those of an owner. @param owner Name of a person. */
	async list(owner?: string): Promise<ProjectRow[]> {
		const { data } = await this.ask("GET", "/api/v0/admin/project");
		const rows = Value.Check(ProjectRows, data) ? data : [];
		const wanted = owner?.normalize("NFC");
		return rows.filter(({ u_name }) => wanted === undefined || u_name === wanted);
	}

	/**
	 * The project that was typed.
	 * @param typed Its name, else its id.
	 * @throws ConfigError when it is none or several.
	 */
	async project(typed: string, owner?: string): Promise<ProjectRow> {
		const all = await this.list(owner);
		const named = all.filter(({ p_name }) => p_name === typed);
		const found = named.length > 0 ? named : all.filter(({ p_id }) => String(p_id) === typed);
		const [only, ...others] = found;
		const shown = JSON.stringify(typed);
		if (only === undefined) {
			const whose = owner === undefined ? "" : ` of ${owner}`;
			throw new ConfigError(
				`there is no project ${shown}${whose}; list them with: iotctl project list`,
			);
		}
		if (others.length === 0) return only;
		const owners = found.map(({ p_id, u_name }) => `${p_id} of ${u_name ?? "no one"}`).join(", ");
		throw new ConfigError(
			`${found.length} projects are called ${shown} (${owners}): use the id, or add --owner NAME`,
		);
	}
}

function sent(body: object | undefined): RequestInit {
	if (body === undefined) return {};
	if (body instanceof FormData) return { body };
	return { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
}
